/** What the rooms `rpc` and `capnp` weigh in a page, without generated code. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";
import { toRow } from "../measure.ts";
import type { Row } from "../measure.ts";

const LIMIT_KB = 16;

export async function measureSize(): Promise<Row> {
  const { output } = await build({
    input: fileURLToPath(new URL("runtime.ts", import.meta.url)),
    output: { format: "es", minify: true },
    platform: "browser",
    write: false,
    logLevel: "warn",
  });
  const codes = output.map((chunk) => ("code" in chunk ? chunk.code : ""));
  const kb = gzipSync(codes.join(""), { level: 9 }).length / 1024;
  return toRow("rpc and capnp, minified and gzipped, KB", kb, LIMIT_KB, "limit", 1, LIMIT_KB / kb);
}

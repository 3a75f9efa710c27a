/** What the rooms `rpc` and `capnp` weigh in a page, without generated code. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { toRow } from "../measure.ts";
import type { Row } from "../measure.ts";

const LIMIT_KB = 16;

export async function measureSize(): Promise<Row> {
  const built = await build({
    root: fileURLToPath(new URL(".", import.meta.url)),
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "esnext",
      lib: { entry: "runtime.ts", formats: ["es"] },
      minify: true,
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  const codes = outputs.flatMap((output) =>
    "output" in output ? output.output.map((chunk) => ("code" in chunk ? chunk.code : "")) : [],
  );
  const kb = gzipSync(codes.join(""), { level: 9 }).length / 1024;
  return toRow("rpc and capnp, minified and gzipped, KB", kb, LIMIT_KB, "limit", 1, LIMIT_KB / kb);
}

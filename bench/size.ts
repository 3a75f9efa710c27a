/** What code weighs in a page. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";
import { toRow } from "./measure.ts";
import type { Row } from "./measure.ts";

/** A row for what the entry weighs with all that it imports, minified and gzipped. */
export async function measureSize(what: string, entry: URL, limitKb: number): Promise<Row> {
  const { output } = await build({
    input: fileURLToPath(entry),
    output: { format: "es", minify: true },
    platform: "browser",
    write: false,
    logLevel: "warn",
  });
  const codes = output.map((chunk) => ("code" in chunk ? chunk.code : ""));
  const kb = gzipSync(codes.join(""), { level: 9 }).length / 1024;
  return toRow(`${what}, minified and gzipped, KB`, kb, limitKb, "limit", 1, limitKb / kb);
}

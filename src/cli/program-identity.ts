/** Which build of `ww` this is: two that differ may not understand each other, nor each other's page. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The page and the command as they are built name all their parts by hashes of these. */
const PARTS = ["../../package.json", "../../dist/headless.html", "../../.cache/ww/ww.mjs"].map(
  (path) => fileURLToPath(new URL(path, import.meta.url)),
);

/** A text that is the same for the same build alone; of a part that is not built, its absence counts. */
export async function readProgramIdentity(parts: readonly string[] = PARTS): Promise<string> {
  const hash = createHash("sha256");
  const contents = parts.map((path) => readFile(path).catch(() => Buffer.alloc(0)));
  for (const content of await Promise.all(contents)) {
    hash.update(`${content.length}:`).update(content);
  }
  return hash.digest("hex");
}

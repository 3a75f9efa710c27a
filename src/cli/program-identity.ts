/** Identifies this build of `ww`: two different builds may not understand each other, nor each other's page. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The built page and command name all their other parts by hashes, so these files change with any part. */
const PARTS = ["../../package.json", "../../dist/headless.html", "../../.cache/ww/ww.mjs"].map(
  (path) => fileURLToPath(new URL(path, import.meta.url)),
);

/** A text that differs between builds; a missing part counts as empty. */
export async function readProgramIdentity(parts: readonly string[] = PARTS): Promise<string> {
  const hash = createHash("sha256");
  const contents = parts.map((path) => readFile(path).catch(() => Buffer.alloc(0)));
  for (const content of await Promise.all(contents)) {
    hash.update(`${content.length}:`).update(content);
  }
  return hash.digest("hex");
}

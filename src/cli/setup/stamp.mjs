/** Stamps: a step is repeated only when its inputs have changed. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A hash of the names and contents of files and whole folders; a missing path is hashed as missing. */
export async function hashPaths(root, paths, extra = "") {
  const hash = createHash("sha256").update(extra);
  for (const path of paths) await addPath(hash, root, path);
  return hash.digest("hex");
}

async function addPath(hash, root, path) {
  const names = await readdir(join(root, path)).catch(() => undefined);
  if (names === undefined) {
    const bytes = await readFile(join(root, path)).catch(() => undefined);
    hash.update(`${path}\0${bytes === undefined ? "missing" : bytes.length}\0`);
    if (bytes !== undefined) hash.update(bytes);
    return;
  }
  for (const name of names.sort()) {
    if (!name.startsWith(".")) await addPath(hash, root, `${path}/${name}`);
  }
}

export async function readStamp(path) {
  return readFile(path, "utf8").catch(() => undefined);
}

export async function writeStamp(path, stamp) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, stamp);
}

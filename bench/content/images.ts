/** The images of the bench, in folders: one of many small files, one of a large file; each with a program. */
import { createHash } from "node:crypto";
import { access, copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { placeGuests } from "../cell/guests.ts";

const CACHE = fileURLToPath(new URL("../../.cache/bench/content-images/", import.meta.url));
const FOLDERS = 100;
const FILES = 100;
const FILE_BYTES = 120;
const LARGE_MB = 100;

/** In the order in which `placeImages` makes them. */
export const IMAGES: readonly string[] = ["many", "large"].map((name) => join(CACHE, name));

/** Makes the folders that are not there. @throws {Error} when a compiler is missing, with the packages to install. */
export async function placeImages(): Promise<void> {
  const [many = "", large = ""] = IMAGES;
  await makeFolder(many, async (folder) => {
    for (let at = 0; at < FOLDERS; at++) {
      const inner = join(folder, `${at}`);
      await mkdir(inner);
      for (let file = 0; file < FILES; file++) {
        await writeFile(join(inner, `${file}`), noise(`${at} ${file}`, FILE_BYTES));
      }
    }
  });
  await makeFolder(large, async (folder) => {
    const parts = Array.from({ length: LARGE_MB }, (_, at) => noise(`${at}`, 1_000_000));
    await writeFile(join(folder, "large"), Buffer.concat(parts));
  });
}

async function makeFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const part = `${path}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(join(part, "bin"), { recursive: true });
  await placeGuests(join(CACHE, "guests"));
  await copyFile(join(CACHE, "guests", "first-byte.wasm"), join(part, "bin", "main.wasm"));
  await fill(part);
  await rename(part, path);
}

/** Bytes that no two seeds share. */
function noise(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 32 < length; at++) {
    parts.push(createHash("sha256").update(`${seed} ${at}`).digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}

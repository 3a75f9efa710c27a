/** Files made from other files, made again only when one of those has changed. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface Made {
  readonly bytes: Uint8Array;
  /** The files it was made from. */
  readonly sources: readonly string[];
}

/**
 * The bytes of the file at `path`, from `make` unless file, sources and key are those of the last time.
 *
 * @param key everything else that decides what comes out
 */
export async function makeCached(
  path: string,
  key: string,
  make: () => Promise<Made>,
): Promise<Uint8Array> {
  const record = `${path}.json`;
  const old = await readFile(record, "utf8").catch(() => undefined);
  if (old !== undefined && (await isCurrent(old, path, key))) return readFile(path);
  const { bytes, sources } = await make();
  await replaceFile(path, bytes);
  await replaceFile(record, JSON.stringify({ key, hashes: await hashFiles([path, ...sources]) }));
  return bytes;
}

async function isCurrent(record: string, path: string, key: string): Promise<boolean> {
  const old = JSON.parse(record) as { key: string; hashes: Record<string, string> };
  if (old.key !== key || old.hashes[path] === undefined) return false;
  const now = await hashFiles(Object.keys(old.hashes)).catch(() => undefined);
  return JSON.stringify(now) === JSON.stringify(old.hashes);
}

/** Each file's hash, by path. @throws when one is missing. */
export async function hashFiles(paths: readonly string[]): Promise<Record<string, string>> {
  const hashes = paths.map(async (path) => [path, hash(await readFile(path))] as const);
  return Object.fromEntries(await Promise.all(hashes));
}

export function hash(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Writes a file with its folders; nobody ever sees half of it. */
export async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * A folder of this computer that an image is given.
 *
 * Symlinks within it are followed, but none leads out of it. Each use opens the folder of the path's last name, checks where
 * that folder is, and continues from the open folder, so a program that puts a symlink on the way meanwhile has no effect.
 * Node has no `openat`; Linux shows open folders below `/proc/self/fd`. On other systems, such a program can win the race.
 */
import { constants, existsSync } from "node:fs";
import { lstat, mkdir, open, readdir, realpath, rmdir, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Stats } from "node:fs";
import { join, sep } from "node:path";
import { Exception } from "#base";
import type { FolderDevice, FolderItem } from "#caps";
import { explainCode } from "../explain-file.ts";

/** Non-blocking: opening a device or a pipe must not delay the call. */
const OPEN_FILE = constants.O_NOFOLLOW | constants.O_NONBLOCK;
const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY;
/** Where Linux shows the files and folders that this process has open. */
const OPENED = "/proc/self/fd";
const SHOWS_OPENED = existsSync(OPENED);

/** @throws {Exception} `failed` when there is no such folder; the message is a clause. */
export async function openHostFolder(path: string): Promise<FolderDevice> {
  const root = await realpath(path).catch(() => undefined);
  if (root === undefined || !(await lstat(root)).isDirectory()) {
    throw new Exception("failed", `there is no folder "${path}"`);
  }
  const isInside = (found: string): boolean =>
    found === root || found.startsWith(root.endsWith(sep) ? root : root + sep);

  /** @param use gets a path to the open folder, which is within the root and cannot be replaced */
  const useFolder = async <T>(
    asked: string,
    flags: number,
    use: (folder: string) => Promise<T>,
  ): Promise<T> => {
    await using held = await open(asked, OPEN_FOLDER | flags);
    const shown = `${OPENED}/${held.fd}`;
    const found = await realpath(SHOWS_OPENED ? shown : asked);
    if (!isInside(found)) {
      throw new Exception("failed", "a link on the way leads out of the folder");
    }
    return await use(SHOWS_OPENED ? shown : found);
  };
  /** @param use gets a path in which only the last name may be a symlink */
  const usePath = <T>(names: readonly string[], use: (path: string) => Promise<T>): Promise<T> =>
    explain(names, () =>
      useFolder(join(root, ...names.slice(0, -1)), 0, (folder) =>
        use(`${folder}/${names.at(-1) ?? "."}`),
      ),
    );
  const useFile = <T>(
    names: readonly string[],
    flags: number,
    use: (file: FileHandle) => Promise<T>,
  ): Promise<T> =>
    usePath(names, async (path) => {
      await using file = await open(path, flags | OPEN_FILE, 0o666);
      if (!(await file.stat()).isFile()) throw new Exception("failed", "it is not a file");
      return await use(file);
    });
  return {
    list: (names) =>
      usePath(names, (path) =>
        useFolder(path, constants.O_NOFOLLOW, async (folder) => {
          const items = await Promise.all(
            (await readdir(folder)).map(async (name) =>
              toItem(name, await lstat(`${folder}/${name}`)),
            ),
          );
          return items.filter((item) => item !== undefined);
        }),
      ),
    stat: (names) =>
      usePath(names, async (path) => {
        const item = toItem(names.at(-1) ?? "", await lstat(path));
        if (item === undefined) throw new Exception("failed", "it is neither a file nor a folder");
        return item;
      }),
    read: (names, offset, lengthBytes) =>
      useFile(names, constants.O_RDONLY, async (file) => {
        const bytes = new Uint8Array(lengthBytes);
        let length = 0;
        while (length < lengthBytes) {
          const rest = bytes.subarray(length);
          const { bytesRead } = await file.read(rest, 0, rest.length, offset + length);
          if (bytesRead === 0) break;
          length += bytesRead;
        }
        return bytes.subarray(0, length);
      }),
    write: (names, offset, bytes) =>
      useFile(names, constants.O_WRONLY | constants.O_CREAT, async (file) => {
        for (let at = 0; at < bytes.length;) {
          const { bytesWritten } = await file.write(bytes, at, bytes.length - at, offset + at);
          at += bytesWritten;
        }
      }),
    truncate: (names, sizeBytes) =>
      useFile(names, constants.O_WRONLY | constants.O_CREAT, (file) => file.truncate(sizeBytes)),
    makeFolder: (names) => usePath(names, (path) => mkdir(path)),
    remove: (names) =>
      usePath(names, async (path) =>
        (await lstat(path)).isDirectory() ? rmdir(path) : unlink(path),
      ),
  };
}

/** Symlinks, devices and pipes are left out. */
function toItem(name: string, stats: Stats): FolderItem | undefined {
  const modifiedMs = Math.floor(stats.mtimeMs);
  if (stats.isDirectory()) return { type: "folder", name, modifiedMs };
  return stats.isFile() ? { type: "file", name, sizeBytes: stats.size, modifiedMs } : undefined;
}

/** Describes a failure in one sentence without any path of this computer. */
async function explain<T>(names: readonly string[], use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    const path = names.join("/");
    const { code = "it cannot be used" } = cause as { readonly code?: string };
    // The message of a failure without words names the path on this computer.
    const why = cause instanceof Exception ? cause.message : explainCode(code);
    throw new Exception("failed", `Cannot use "${path}": ${why}`, { cause });
  }
}

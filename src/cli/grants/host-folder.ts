/** A folder of this computer, given to an image. No link leads out of it. */
import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, realpath, rmdir, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Stats } from "node:fs";
import { join, sep } from "node:path";
import { Exception } from "#base";
import type { FolderDevice, FolderItem } from "#caps";

/** A device or a pipe must not hold the call up. */
const FLAGS = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** @throws {Exception} `failed` when there is no such folder. */
export async function openHostFolder(path: string): Promise<FolderDevice> {
  const root = await realpath(path).catch(() => undefined);
  if (root === undefined || !(await lstat(root)).isDirectory()) {
    throw new Exception("failed", `There is no folder "${path}"`);
  }

  const requireInside = (path: string): void => {
    if (path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)) return;
    throw new Exception("failed", "A link on the way leads out of the folder");
  };
  /** The path on this computer. Every folder on the way is a real one, within the root. */
  const locate = async (names: readonly string[]): Promise<string> => {
    const parent = await realpath(join(root, ...names.slice(0, -1)));
    requireInside(parent);
    return join(parent, ...names.slice(-1));
  };
  const openFile = async (
    names: readonly string[],
    flags: number,
    use: (file: FileHandle) => Promise<void>,
  ): Promise<void> => {
    const file = await open(await locate(names), flags | FLAGS, 0o666);
    try {
      if (!(await file.stat()).isFile()) throw new Exception("failed", "It is no file");
      // Another program may have put a link on the way since it was looked at. Where there is no /proc, nobody can tell.
      const opened = await realpath(`/proc/self/fd/${file.fd}`).catch(() => root);
      requireInside(opened);
      await use(file);
    } finally {
      await file.close();
    }
  };
  return {
    list: (names) =>
      explain(names, async () => {
        const folder = await locate(names);
        const found = await readdir(await realInside(folder, root));
        const items = await Promise.all(
          found.map(async (name) => toItem(name, await lstat(join(folder, name)))),
        );
        return items.filter((item) => item !== undefined);
      }),
    stat: (names) =>
      explain(names, async () => {
        const item = toItem(names.at(-1) ?? "", await lstat(await locate(names)));
        if (item === undefined) throw new Exception("failed", "It is neither a file nor a folder");
        return item;
      }),
    read: (names, offset, lengthBytes) =>
      explain(names, async () => {
        const bytes = new Uint8Array(lengthBytes);
        let length = 0;
        await openFile(names, constants.O_RDONLY, async (file) => {
          for (;;) {
            const rest = bytes.subarray(length);
            if (rest.length === 0) return;
            const { bytesRead } = await file.read(rest, 0, rest.length, offset + length);
            if (bytesRead === 0) return;
            length += bytesRead;
          }
        });
        return bytes.subarray(0, length);
      }),
    write: (names, offset, bytes) =>
      explain(names, () =>
        openFile(names, constants.O_WRONLY | constants.O_CREAT, async (file) => {
          for (let at = 0; at < bytes.length;) {
            const { bytesWritten } = await file.write(bytes, at, bytes.length - at, offset + at);
            at += bytesWritten;
          }
        }),
      ),
    truncate: (names, sizeBytes) =>
      explain(names, () =>
        openFile(names, constants.O_WRONLY | constants.O_CREAT, (file) => file.truncate(sizeBytes)),
      ),
    makeFolder: (names) => explain(names, async () => mkdir(await locate(names))),
    remove: (names) =>
      explain(names, async () => {
        const path = await locate(names);
        await ((await lstat(path)).isDirectory() ? rmdir(path) : unlink(path));
      }),
  };
}

async function realInside(folder: string, root: string): Promise<string> {
  if (folder !== root && (await lstat(folder)).isSymbolicLink()) {
    throw new Exception("failed", "It is a link");
  }
  return folder;
}

/** Links, devices and pipes are not there. */
function toItem(name: string, stats: Stats): FolderItem | undefined {
  const modifiedMs = Math.floor(stats.mtimeMs);
  if (stats.isDirectory()) return { type: "folder", name, modifiedMs };
  return stats.isFile() ? { type: "file", name, sizeBytes: stats.size, modifiedMs } : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is nothing",
  ENOTDIR: "it is no folder",
  EISDIR: "it is a folder",
  EEXIST: "it exists",
  ENOTEMPTY: "it is not empty",
  EACCES: "this computer's user may not",
  EPERM: "this computer's user may not",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  ELOOP: "it is a link",
  ENXIO: "it is no file",
};

/** A failure in one sentence, which names no path of this computer. */
async function explain<T>(names: readonly string[], use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    const path = names.join("/");
    const { code = "" } = cause as { readonly code?: string };
    const why = cause instanceof Exception ? cause.message : (REASONS[code] ?? code);
    throw new Exception("failed", `Cannot use "${path}": ${why}`, { cause });
  }
}

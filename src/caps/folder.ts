/** Folders that an owner designates, as capabilities. @see capnp/common/folder.capnp */
import { Exception } from "#base";
import type { Waiting } from "#base";
import type { FolderEntry, FolderServer } from "#schema";

/** An entry of a folder. */
export type FolderItem =
  | { readonly type: "folder"; readonly name: string; readonly modifiedMs?: number }
  | {
      readonly type: "file";
      readonly name: string;
      readonly sizeBytes: number;
      readonly modifiedMs?: number;
    };

/**
 * A folder of the owner's. Paths are lists of plain names, checked by the caller; the empty list is the folder itself.
 * The device never follows a link out of the folder.
 *
 * Every method throws an {Exception} `failed`, in one sentence, when it cannot be carried out for the path.
 */
export interface FolderDevice {
  list(names: readonly string[], options: Waiting): Promise<readonly FolderItem[]>;
  stat(names: readonly string[], options: Waiting): Promise<FolderItem>;
  /** Returns fewer bytes only at the end of the file. */
  read(
    names: readonly string[],
    offset: number,
    lengthBytes: number,
    options: Waiting,
  ): Promise<Uint8Array>;
  write(
    names: readonly string[],
    offset: number,
    bytes: Uint8Array,
    options: Waiting,
  ): Promise<void>;
  truncate(names: readonly string[], sizeBytes: number, options: Waiting): Promise<void>;
  makeFolder(names: readonly string[], options: Waiting): Promise<void>;
  remove(names: readonly string[], options: Waiting): Promise<void>;
}

/** Maximum length of one read, so that an answer stays a message of moderate size. */
const READ_BYTES = 1024 * 1024;
const DEPTH_LIMIT = 64;
const NAME_LENGTH = 255;
const ENTRY_LIMIT = 50_000;

export function serveFolder(device: FolderDevice): FolderServer {
  return {
    async list(path, { signal }) {
      const items = await device.list(parseNames(path), { signal });
      if (items.length > ENTRY_LIMIT) fail(path, `it has more than ${ENTRY_LIMIT} entries`);
      const sorted = items.toSorted((one, other) => (one.name < other.name ? -1 : 1));
      return { entries: sorted.map(toEntry) };
    },
    stat: async (path, { signal }) => ({
      entry: toEntry(await device.stat(parseNames(path), { signal })),
    }),
    async read(path, offset, lengthBytes, { signal }) {
      requireCount(path, offset);
      const length = Math.min(lengthBytes, READ_BYTES);
      const data = await device.read(parseNames(path), offset, length, { signal });
      return { data };
    },
    async write(path, offset, data, { signal }) {
      requireCount(path, offset);
      await device.write(parseNames(path), offset, data.slice(), { signal });
    },
    async truncate(path, sizeBytes, { signal }) {
      requireCount(path, sizeBytes);
      await device.truncate(parseNames(path), sizeBytes, { signal });
    },
    makeFolder: (path, { signal }) => device.makeFolder(parseNames(path), { signal }),
    async remove(path, { signal }) {
      const names = parseNames(path);
      if (names.length === 0) fail(path, "the folder itself cannot be removed");
      await device.remove(names, { signal });
    },
  };
}

function toEntry(item: FolderItem): FolderEntry {
  const { name, modifiedMs = -1 } = item;
  return item.type === "folder"
    ? { name, modifiedMs, which: "folder", folder: undefined }
    : { name, modifiedMs, which: "file", file: item.sizeBytes };
}

/** @throws {Exception} `failed` for a path that some system would interpret differently. */
function parseNames(path: string): readonly string[] {
  if (path === "") return [];
  const names = path.split("/");
  if (names.length > DEPTH_LIMIT) fail(path, `it has more than ${DEPTH_LIMIT} names`);
  for (const name of names) {
    const isPlain = name !== "" && name !== "." && name !== ".." && !/[\\\p{Cc}]/u.test(name);
    if (!isPlain || name.length > NAME_LENGTH)
      fail(path, "a path consists of plain names, joined by /");
  }
  return names;
}

function requireCount(path: string, count: number): void {
  if (!(Number.isSafeInteger(count) && count >= 0)) fail(path, `${count} is not a number of bytes`);
}

function fail(path: string, why: string): never {
  throw new Exception("failed", `Cannot use "${path.slice(0, 200)}": ${why}`);
}

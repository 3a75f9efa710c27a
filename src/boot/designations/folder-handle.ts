/** A folder behind a browser's handle. @see https://fs.spec.whatwg.org */
import type { FolderDevice, FolderItem } from "#caps";
import { createChanges } from "./changes.ts";
import { changeFile, readFile } from "./file-bytes.ts";
import { fail, refuse } from "./file-system.ts";

/** One more entry than a folder may have, so that the server refuses such a folder. */
const MOST_ENTRIES = 50_001;
/** Number of files whose sizes are queried at once. */
const AT_ONCE = 64;

export function openFolder(root: FileSystemDirectoryHandle): FolderDevice {
  const inTurn = createChanges();
  const findFolder = async (names: readonly string[]): Promise<FileSystemDirectoryHandle> => {
    let folder = root;
    for (const name of names) folder = await folder.getDirectoryHandle(name);
    return folder;
  };
  const findFile = async (
    names: readonly string[],
    create: boolean,
  ): Promise<FileSystemFileHandle> => {
    const folder = await findFolder(names.slice(0, -1));
    return folder.getFileHandle(last(names), { create });
  };
  return {
    async list(names, { signal }) {
      try {
        const folder = await findFolder(names);
        const handles: FileSystemHandle[] = [];
        for await (const handle of folder.values()) {
          handles.push(handle);
          if (handles.length === MOST_ENTRIES) break;
        }
        const items: FolderItem[] = [];
        for (let at = 0; at < handles.length; at += AT_ONCE) {
          signal?.throwIfAborted();
          items.push(...(await Promise.all(handles.slice(at, at + AT_ONCE).map(toItem))));
        }
        return items;
      } catch (error) {
        return refuse(names, error);
      }
    },
    async stat(names) {
      if (names.length === 0) return { type: "folder", name: root.name };
      try {
        return await toItem(await findEither(await findFolder(names.slice(0, -1)), last(names)));
      } catch (error) {
        return refuse(names, error);
      }
    },
    async read(names, offset, lengthBytes) {
      try {
        const handle = await findFile(names, false);
        return await readFile(await handle.getFile(), offset, lengthBytes);
      } catch (error) {
        return refuse(names, error);
      }
    },
    write: (names, position, bytes, { signal }) =>
      inTurn(names, async () => {
        const data = new Uint8Array(bytes);
        await changeFile(await findFile(names, true), { type: "write", position, data }, signal);
      }),
    truncate: (names, size, { signal }) =>
      inTurn(names, async () => {
        await changeFile(await findFile(names, false), { type: "truncate", size }, signal);
      }),
    makeFolder: (names) =>
      inTurn(names, async () => {
        const folder = await findFolder(names.slice(0, -1));
        await folder.getDirectoryHandle(last(names), { create: true });
      }),
    remove: (names) =>
      inTurn(names, async () => {
        await (await findFolder(names.slice(0, -1))).removeEntry(last(names));
      }),
  };
}

/** The last name of a path. @throws {Exception} `failed` for the folder itself */
function last(names: readonly string[]): string {
  return names.at(-1) ?? fail(names, "it is the folder itself");
}

async function findEither(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemHandle> {
  try {
    return await folder.getFileHandle(name);
  } catch (error) {
    if (error instanceof DOMException && error.name === "TypeMismatchError") {
      return folder.getDirectoryHandle(name);
    }
    throw error;
  }
}

async function toItem(handle: FileSystemHandle): Promise<FolderItem> {
  const { name } = handle;
  if (handle.kind === "directory") return { type: "folder", name };
  return toFileItem(await (handle as FileSystemFileHandle).getFile());
}

export function toFileItem({ name, size, lastModified }: File): FolderItem {
  return { type: "file", name, sizeBytes: size, modifiedMs: lastModified };
}

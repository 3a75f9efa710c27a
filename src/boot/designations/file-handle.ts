/** A file behind a browser's handle, as the only entry of a folder. */
import type { FolderDevice } from "#caps";
import { createChanges } from "./changes.ts";
import { changeFile, readFile } from "./file-bytes.ts";
import { fail, refuse } from "./file-system.ts";
import { toFileItem } from "./folder-handle.ts";

export function openFile(handle: FileSystemFileHandle): FolderDevice {
  const inTurn = createChanges();
  const requireFile = (names: readonly string[]): void => {
    if (names.length !== 1 || names[0] !== handle.name) fail(names, "it does not exist");
  };
  const change = (
    names: readonly string[],
    params: WriteParams,
    signal: AbortSignal | undefined,
  ): Promise<void> =>
    inTurn(names, async () => {
      requireFile(names);
      await changeFile(handle, params, signal);
    });
  return {
    async list(names) {
      if (names.length > 0) fail(names, "it is not a folder");
      return [toFileItem(await handle.getFile())];
    },
    async stat(names) {
      if (names.length === 0) return { type: "folder", name: "" };
      requireFile(names);
      return toFileItem(await handle.getFile());
    },
    async read(names, offset, lengthBytes) {
      requireFile(names);
      try {
        return await readFile(await handle.getFile(), offset, lengthBytes);
      } catch (error) {
        return refuse(names, error);
      }
    },
    write: (names, position, bytes, { signal }) =>
      change(names, { type: "write", position, data: new Uint8Array(bytes) }, signal),
    truncate: (names, size, { signal }) => change(names, { type: "truncate", size }, signal),
    makeFolder: refuseChange,
    remove: refuseChange,
  };
}

async function refuseChange(names: readonly string[]): Promise<never> {
  return fail(names, "access was given to this one file only");
}

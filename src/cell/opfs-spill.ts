/**
 * What cells have no memory for, in files of the origin's private file system: one for each cell, made when it is needed.
 *
 * An open file is locked: no other tab can open or remove it. So a spill file whose lock is free belongs to a crashed tab.
 * Works in dedicated workers only: browsers have synchronous file handles nowhere else.
 */
import { Exception } from "#base";
import type { Spill } from "#base";
import { fillBytes, putBytes, refuseRoom, SLOT_BYTES } from "./opfs-file.ts";
import { lendFile } from "./own-files.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Disposing removes the file; what was in it is gone. */
export interface OpfsSpill extends Spill, AsyncDisposable {}

export interface OpfsSpills {
  /** A spill of its own for a cell. Nothing is made before the first write; later ones are kept at once. */
  create(): OpfsSpill;
  /**
   * An empty file with an exclusive lock, until this thread ends.
   *
   * @throws {Exception} `overloaded` when there is no room
   */
  openFile(): Promise<OpfsFile>;
  /** The same worker, with a file of its own that it opens itself. */
  lend(worker: WorkerLike): WorkerLike;
}

/** Disposing closes it. */
export interface OpfsFile extends Disposable {
  /** Fills the array from there on. @throws {Exception} `failed` when there is less */
  read(to: Uint8Array, offset: number): void;
  /** Writes all of it. @throws {Exception} `overloaded` when there is no room */
  write(bytes: Uint8Array, offset: number): void;
}

const FOLDER = "spill";
/** More than any quota of a cell has use for: 8 GiB. */
const SLOT_LIMIT = 128 * 1024;

/**
 * Spills in a folder of the directory; unlocked files in it are removed first.
 *
 * @throws {DOMException} when the browser refuses to store anything.
 */
export async function openOpfsSpills(root: FileSystemDirectoryHandle): Promise<OpfsSpills> {
  // The visitor may clear the origin's data at any time, and then the folder is another one.
  const openFolder = (): Promise<FileSystemDirectoryHandle> =>
    root.getDirectoryHandle(FOLDER, { create: true });
  const folder = await openFolder();
  for (const name of await Array.fromAsync(folder.keys())) await removeUnused(folder, name);
  return {
    create: () => createSpill(openFolder),
    lend: (worker) => lendFile(worker, openFolder),
    async openFile() {
      const { handle } = await openUnused(openFolder).catch(refuseRoom);
      return {
        read: (to, offset) => fillBytes(handle, offset, to),
        write: (bytes, offset) => putBytes(handle, offset, bytes),
        [Symbol.dispose]: () => handle.close(),
      };
    },
  };
}

type OpenFolder = () => Promise<FileSystemDirectoryHandle>;

function createSpill(openFolder: OpenFolder): OpfsSpill {
  let opening: Promise<OpenFile> | undefined;
  let file: FileSystemSyncAccessHandle | undefined;
  let disposed = false;

  const open = async (): Promise<FileSystemSyncAccessHandle> => {
    opening ??= openUnused(openFolder);
    file = (await opening.catch(forget)).handle;
    requireAlive();
    return file;
  };
  const forget = (reason: unknown): never => {
    opening = undefined;
    return refuseRoom(reason);
  };
  const requireAlive = (): void => {
    if (disposed) throw new Exception("disconnected", "A cell's file outside of memory is gone");
  };

  return {
    write(slot, bytes) {
      requireAlive();
      requireSlot(slot, bytes.length);
      const offset = slot * SLOT_BYTES;
      if (file !== undefined) return putBytes(file, offset, bytes);
      return open().then((opened) => putBytes(opened, offset, bytes));
    },
    read(slot, lengthBytes) {
      requireAlive();
      requireSlot(slot, lengthBytes);
      const bytes = new Uint8Array(lengthBytes);
      fillBytes(file, slot * SLOT_BYTES, bytes);
      return bytes;
    },
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      const opened = await opening?.catch(() => undefined);
      if (opened === undefined) return;
      opened.handle.close();
      // A cell has ended all the same; what is left is removed at the next start.
      await removeUnused(opened.folder, opened.name).catch(() => undefined);
    },
  };
}

interface OpenFile {
  readonly folder: FileSystemDirectoryHandle;
  readonly name: string;
  readonly handle: FileSystemSyncAccessHandle;
}

/** The first unlocked file by number, truncated; created when there is none. */
async function openUnused(openFolder: OpenFolder): Promise<OpenFile> {
  const folder = await openFolder();
  for (let number = 0; ; number++) {
    const name = number.toString();
    const made = await folder.getFileHandle(name, { create: true });
    try {
      return { folder, name, handle: await openEmpty(made) };
    } catch (reason) {
      if (isNamed(reason, "NotFoundError")) {
        // Removed as unused in between: the same again.
        number--;
      } else if (!isNamed(reason, "NoModificationAllowedError")) {
        throw reason;
      }
    }
  }
}

async function openEmpty(file: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
  const handle = await file.createSyncAccessHandle();
  try {
    handle.truncate(0);
  } catch (reason) {
    // Otherwise it would stay locked until this tab is closed.
    handle.close();
    throw reason;
  }
  return handle;
}

async function removeUnused(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name, { recursive: true });
  } catch (reason) {
    // In use, or another tab was faster.
    if (isNamed(reason, "NoModificationAllowedError") || isNamed(reason, "NotFoundError")) return;
    throw reason;
  }
}

/** The other side is a cell's worker: it is not believed. */
function requireSlot(slot: number, lengthBytes: number): void {
  if (!Number.isSafeInteger(slot) || slot < 0 || slot >= SLOT_LIMIT) {
    throw new RangeError(`A spill has no slot ${slot}`);
  }
  if (!(lengthBytes >= 0 && lengthBytes <= SLOT_BYTES)) {
    throw new RangeError(`A slot of a spill does not hold ${lengthBytes} bytes`);
  }
}

function isNamed(reason: unknown, name: string): boolean {
  return reason instanceof DOMException && reason.name === name;
}

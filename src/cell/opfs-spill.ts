/**
 * Spills of cells in the origin's private file system: one file for each cell, created by its first write.
 *
 * An open file is locked: no other tab can open or remove it. So a spill file whose lock is free belongs to a crashed tab.
 * Works in dedicated workers only: browsers have synchronous file handles nowhere else.
 */
import { Exception } from "#base";
import type { Spill } from "#base";
import { fillBytes, putBytes, refuseRoom, SLOT_BYTES } from "./opfs-file.ts";
import { lendFile } from "./own-files.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Disposing deletes the file. */
export interface OpfsSpill extends Spill, AsyncDisposable {}

export interface OpfsSpills {
  /** Creates the spill of one cell. The first write opens its file and returns a promise; later writes are synchronous. */
  create(): OpfsSpill;
  /**
   * Opens an empty file, which is locked until it is disposed or this thread ends.
   *
   * @throws {Exception} `overloaded` when there is no room
   */
  openFile(): Promise<OpfsFile>;
  /** Wraps a worker, and sends it a file to open as its own spill. @see lendFile */
  lend(worker: WorkerLike): WorkerLike;
}

/** A file on disk. Disposing closes it. */
export interface OpfsFile extends Disposable {
  /** Fills the array from `offset`. @throws {Exception} `failed` when the file is too short */
  read(to: Uint8Array, offset: number): void;
  /** Writes all of the bytes. @throws {Exception} `overloaded` when there is no room */
  write(bytes: Uint8Array, offset: number): void;
}

const FOLDER = "spill";
/** 8 GiB of slots, more than any cell's quota. */
const SLOT_LIMIT = 128 * 1024;

/**
 * Opens spills in a folder of the directory, after removing unlocked files from it.
 *
 * @throws {DOMException} when the browser refuses to store anything.
 */
export async function openOpfsSpills(root: FileSystemDirectoryHandle): Promise<OpfsSpills> {
  // Opened for each use: the visitor may clear the origin's data at any time, which removes the folder.
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
    if (disposed) throw new Exception("disconnected", "The spill of a cell is gone");
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
      // A failure must not affect the cell's end; a file that is left is removed at the next start.
      await removeUnused(opened.folder, opened.name).catch(() => undefined);
    },
  };
}

interface OpenFile {
  readonly folder: FileSystemDirectoryHandle;
  readonly name: string;
  readonly handle: FileSystemSyncAccessHandle;
}

/** Opens the unlocked file with the lowest number, truncated, or creates one. */
async function openUnused(openFolder: OpenFolder): Promise<OpenFile> {
  const folder = await openFolder();
  for (let number = 0; ; number++) {
    const name = number.toString();
    const file = await folder.getFileHandle(name, { create: true });
    try {
      return { folder, name, handle: await openEmpty(file) };
    } catch (reason) {
      if (isNamed(reason, "NotFoundError")) {
        // Another tab removed it as unused in between; try the same number again.
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
    // An open handle would keep the file locked until this tab is closed.
    handle.close();
    throw reason;
  }
  return handle;
}

async function removeUnused(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name, { recursive: true });
  } catch (reason) {
    // The file is in use, or another tab has removed it.
    if (isNamed(reason, "NoModificationAllowedError") || isNamed(reason, "NotFoundError")) return;
    throw reason;
  }
}

/** Validates a request of a cell's worker, which is not trusted. @throws {RangeError} for a slot that cannot exist */
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

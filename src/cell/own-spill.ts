/**
 * A worker's own spill file, opened before the worker has a cell: opening returns a promise, and in a worker whose guest
 * blocks, no promise settles.
 *
 * The worker can reach no other file: it drops the `FileSystemFileHandle` once the file is open, and the file has a folder of
 * its own.
 */
import type { NearSpill, PortEnd, Spill } from "#base";
import { putBytes, fillBytes, SLOT_BYTES } from "./opfs-file.ts";

/** Posted to a waiting worker. */
export interface OwnFile {
  readonly type: "own-file";
  readonly file: FileSystemFileHandle;
}

/** Sent by the worker once its file is open; other listeners ignore it. */
export const OWN_FILE_OPEN = "own-file-open";

export interface OwnSpill {
  readonly spill: Spill;
  /** Whether the file is still usable; it is not after the visitor has cleared the data of a private window. */
  isThere(): boolean;
}

/** Opens the file that is posted to the worker, and calls `opened` once it is open. */
export function serveOwnFile(end: PortEnd, opened: (own: OwnSpill) => void): void {
  end.addEventListener("message", (event) => {
    const { type, file } = (event as MessageEvent<Partial<OwnFile>>).data;
    if (type !== "own-file" || file === undefined) return;
    // If it cannot be opened, the cell's pages spill to a file of the host.
    file.createSyncAccessHandle().then(
      (handle) => {
        opened({ spill: toSpill(handle), isThere: () => isThere(handle) });
        end.postMessage(OWN_FILE_OPEN);
      },
      () => undefined,
    );
  });
}

function isThere(handle: FileSystemSyncAccessHandle): boolean {
  try {
    // Chromium reports an error as a negative number cast to unsigned.
    return Number.isSafeInteger(handle.getSize());
  } catch {
    return false;
  }
}

/** The file grows in steps of this size. */
const STEP_BYTES = 64 * 1024 * 1024;

function toSpill(handle: FileSystemSyncAccessHandle): NearSpill {
  let sizeBytes = 0;
  /**
   * Extends the file ahead of writes. Chromium asks its browser process for quota each time the file has doubled, and
   * waiting for that took 13 of the 110 ms in which a program wrote 100 MB, and 50 ms on a busy machine.
   */
  const reserve = (endBytes: number): void => {
    if (endBytes <= sizeBytes) return;
    sizeBytes = Math.ceil(endBytes / STEP_BYTES) * STEP_BYTES;
    try {
      handle.truncate(sizeBytes);
    } catch {
      // Preallocation failed; the write reports whether there is enough room.
      sizeBytes = Infinity;
    }
  };
  return {
    copy: (slot, offset, to) => fillBytes(handle, slot * SLOT_BYTES + offset, to),
    write(slot, bytes) {
      const at = slot * SLOT_BYTES;
      reserve(at + bytes.length);
      putBytes(handle, at, bytes);
    },
    read(slot, lengthBytes) {
      const bytes = new Uint8Array(lengthBytes);
      fillBytes(handle, slot * SLOT_BYTES, bytes);
      return bytes;
    },
  };
}

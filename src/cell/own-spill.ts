/**
 * A worker's own file on disk, opened before it is known for which cell: opening takes promises, and a cell that blocks has
 * none.
 *
 * The worker has no way to any other file: it forgets what it has opened the file by, and that stands in a folder of its own.
 */
import type { NearSpill, PortEnd, Spill } from "#base";
import { putBytes, fillBytes, SLOT_BYTES } from "./opfs-file.ts";

/** Posted to a worker that waits. */
export interface OwnFile {
  readonly type: "own-file";
  readonly file: FileSystemFileHandle;
}

/** Sent by the worker; other listeners ignore it. */
export const OWN_FILE_OPEN = "own-file-open";

export interface OwnSpill {
  readonly spill: Spill;
  /** Whether the file can be used; not after the visitor has cleared the data of a private window. */
  isThere(): boolean;
}

/** Opens the file that is posted there; gives it once it is open. */
export function serveOwnFile(end: PortEnd, opened: (own: OwnSpill) => void): void {
  end.addEventListener("message", (event) => {
    const { type, file } = (event as MessageEvent<Partial<OwnFile>>).data;
    if (type !== "own-file" || file === undefined) return;
    // Without it, the host keeps what the cell has no memory for.
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

/** The file grows by so much at a time. */
const STEP_BYTES = 64 * 1024 * 1024;

function toSpill(handle: FileSystemSyncAccessHandle): NearSpill {
  let sizeBytes = 0;
  /**
   * Lengthens the file before a write does: Chromium asks its browser process for room each time the file has doubled, and
   * waiting for that took 13 of the 110 ms in which a program wrote 100 MB, and 50 on a busy machine.
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

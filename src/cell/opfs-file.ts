/** Whole reads and writes of a file of the origin's private file system. */
import { Exception, toMessage } from "#base";

/** What pages of a cell's files leave memory by. */
export const SLOT_BYTES: number = 64 * 1024;

/** @throws {Exception} `failed` when there are fewer bytes than the array has */
export function fillBytes(
  file: FileSystemSyncAccessHandle | undefined,
  at: number,
  bytes: Uint8Array,
): void {
  if ((file?.read(bytes, { at }) ?? 0) === bytes.length) return;
  throw new Exception("failed", "A spill has fewer bytes there than were asked for");
}

/** @throws {Exception} `overloaded` when not all of it could be written */
export function putBytes(file: FileSystemSyncAccessHandle, at: number, bytes: Uint8Array): void {
  let length = 0;
  try {
    length = file.write(bytes, { at });
  } catch (reason) {
    refuseRoom(reason);
  }
  // Chromium reports a disk error as a huge count: a negative number cast to unsigned.
  if (length !== bytes.length) throw noRoom("a page was not written as a whole");
}

export function refuseRoom(reason: unknown): never {
  throw noRoom(toMessage(reason));
}

function noRoom(state: string): Exception {
  return new Exception("overloaded", `Cannot keep on disk what a cell wrote: ${state}`);
}

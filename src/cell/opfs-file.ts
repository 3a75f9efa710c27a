/** Reads and writes of a file in the origin's private file system, without short reads or short writes. */
import { Exception, toMessage } from "#base";

/** Size of a slot of a spill, which holds one page of a file. */
export const SLOT_BYTES: number = 64 * 1024;

/** Fills the array from offset `at`. @throws {Exception} `failed` when the file is absent or too short */
export function fillBytes(
  file: FileSystemSyncAccessHandle | undefined,
  at: number,
  bytes: Uint8Array,
): void {
  if ((file?.read(bytes, { at }) ?? 0) === bytes.length) return;
  throw new Exception("failed", "A spill is shorter than the range to read");
}

/** Writes all of the bytes at offset `at`. @throws {Exception} `overloaded` when not all could be written */
export function putBytes(file: FileSystemSyncAccessHandle, at: number, bytes: Uint8Array): void {
  let length = 0;
  try {
    length = file.write(bytes, { at });
  } catch (reason) {
    refuseRoom(reason);
  }
  // Chromium reports a disk error as a huge count, a negative number cast to unsigned.
  if (length !== bytes.length) throw noRoom("a page was not written completely");
}

export function refuseRoom(reason: unknown): never {
  throw noRoom(toMessage(reason));
}

function noRoom(state: string): Exception {
  return new Exception("overloaded", `Cannot store a cell's files on disk: ${state}`);
}

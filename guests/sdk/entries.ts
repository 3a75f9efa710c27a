/** Listing a directory: what an image's files and a sandbox's have in common. */
import { decodeText } from "#base";
import type { Host } from "./host.ts";

export type FileType = "file" | "directory" | "link" | "other";

export interface FolderEntry {
  readonly name: string;
  readonly type: FileType;
}

/** The variants of descriptor-type, in order. */
export const FILE_TYPES: readonly FileType[] = [
  "other",
  "other",
  "other",
  "directory",
  "other",
  "link",
  "file",
  "other",
];

/**
 * The entries of an open directory, in the host's order; drops the descriptor.
 *
 * @param check throws unless the last result is ok; its error code is at the offset
 */
export function readEntries(
  host: Host,
  directory: number,
  check: (at: number) => void,
): FolderEntry[] {
  const { call, resultAt } = host;
  try {
    call.readDirectory(directory, resultAt);
    check(4);
    const entries = host.u32(4);
    try {
      const found: FolderEntry[] = [];
      for (;;) {
        call.nextEntry(entries, resultAt);
        check(4);
        if (host.u8(4) === 0) return found;
        const type = FILE_TYPES[host.u8(8)] ?? "other";
        found.push({ name: decodeText(host.bytesAt(host.u32(12), host.u32(16))), type });
      }
    } finally {
      call.dropEntries(entries);
    }
  } finally {
    call.dropDescriptor(directory);
  }
}

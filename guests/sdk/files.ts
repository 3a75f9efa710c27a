/** Reading the image's files and folders; nothing is written or watched. */
import { concatBytes, decodeText, encodeText, Exception } from "#base";
import { readEntries } from "./entries.ts";
import type { FolderEntry } from "./entries.ts";
import { CHUNK_BYTES, type Host } from "./host.ts";

/** wasi:filesystem's error-code, in its order. */
const ERROR_CODES = (
  "access would-block already bad-descriptor busy deadlock quota exist file-too-large illegal-byte-sequence in-progress " +
  "interrupted invalid io is-directory loop too-many-links message-size name-too-long no-device no-entry no-lock " +
  "insufficient-memory insufficient-space not-directory not-empty not-recoverable unsupported no-tty no-such-device " +
  "overflow not-permitted pipe read-only invalid-seek text-file-busy cross-device"
).split(" ");

/** What a person is told of the codes that a wrong path leads to. */
const REASONS: Readonly<Record<string, string>> = {
  "no-entry": "there is no such file",
  "not-directory": "a part of the path is a file and no folder",
  "is-directory": "it is a folder",
  access: "this program may not read it",
  "not-permitted": "the path leads out of the image",
  loop: "its links lead in a circle",
};

const SYMLINK_FOLLOW = 1;
const DIRECTORY = 2;
const READ = 1;

/** Paths begin at the image's root, with or without a slash. @throws {Exception} `failed`, with the reason in words */
export interface ImageFiles {
  /** All bytes of a file. */
  readFile(path: string): Uint8Array;
  listFolder(path: string): readonly FolderEntry[];
}

export function openImageFiles(host: Host): ImageFiles {
  const { call, resultAt } = host;
  let root: number | undefined;

  const failed = (path: string): Exception => {
    const code = ERROR_CODES[host.u8(4)] ?? "unknown error";
    return new Exception("failed", `Cannot read "${path}": ${REASONS[code] ?? code}`);
  };

  const open = (path: string, openFlags: number): number => {
    root ??= openRoot(host);
    // The root's own name is a dot.
    const name = encodeText(path.replace(/^\/+/, "") || ".");
    call.openAt(root, SYMLINK_FOLLOW, host.lend(name), name.length, openFlags, READ, resultAt);
    if (host.u8(0) !== 0) throw failed(path);
    return host.u32(4);
  };
  const readFile = (path: string): Uint8Array => {
    const file = open(path, 0);
    try {
      const parts: Uint8Array[] = [];
      for (let offset = 0; ;) {
        call.readFile(file, CHUNK_BYTES, offset, resultAt);
        if (host.u8(0) !== 0) throw failed(path);
        const atEnd = host.u8(12) !== 0;
        const part = host.bytesAt(host.u32(4), host.u32(8));
        parts.push(part);
        offset += part.length;
        if (atEnd || part.length === 0) return concatBytes(parts);
      }
    } finally {
      call.dropDescriptor(file);
    }
  };
  return {
    readFile,
    listFolder: (path) =>
      readEntries(host, open(path, DIRECTORY), () => {
        if (host.u8(0) !== 0) throw failed(path);
      }),
  };
}

/** The directory that the host opened for us at `/`. */
export function openRoot(host: Host): number {
  host.call.getDirectories(host.resultAt);
  const count = host.u32(4);
  const list = new DataView(host.bytesAt(host.u32(0), count * 12).buffer);
  let root: number | undefined;
  for (let at = 0; at < count; at++) {
    const field = (index: number): number => list.getUint32(at * 12 + index * 4, true);
    const name = decodeText(host.bytesAt(field(1), field(2)));
    if (name === "/" && root === undefined) root = field(0);
    else host.call.dropDescriptor(field(0));
  }
  if (root === undefined) throw new Exception("failed", "Cell was given no files");
  return root;
}

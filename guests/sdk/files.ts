/** Reading the image's files; nothing is listed, written or watched yet. */
import { concatBytes, decodeText, encodeText, Exception } from "#base";
import { CHUNK_BYTES, type Host } from "./host.ts";

/** wasi:filesystem's error-code, in its order. */
const ERROR_CODES = (
  "access would-block already bad-descriptor busy deadlock quota exist file-too-large illegal-byte-sequence in-progress " +
  "interrupted invalid io is-directory loop too-many-links message-size name-too-long no-device no-entry no-lock " +
  "insufficient-memory insufficient-space not-directory not-empty not-recoverable unsupported no-tty no-such-device " +
  "overflow not-permitted pipe read-only invalid-seek text-file-busy cross-device"
).split(" ");

const SYMLINK_FOLLOW = 1;
const READ = 1;

/** All bytes of a file; its path begins at the image's root, with or without a slash. */
export type ReadFile = (path: string) => Uint8Array;

export function createFileReader(host: Host): ReadFile {
  const { call, resultAt } = host;
  let root: number | undefined;

  const failed = (path: string): Exception =>
    new Exception("failed", `Cannot read "${path}": ${ERROR_CODES[host.u8(4)] ?? "unknown error"}`);

  return (path) => {
    root ??= openRoot(host);
    const name = encodeText(path.replace(/^\/+/, ""));
    call.openAt(root, SYMLINK_FOLLOW, host.lend(name), name.length, 0, READ, resultAt);
    if (host.u8(0) !== 0) throw failed(path);
    const file = host.u32(4);
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

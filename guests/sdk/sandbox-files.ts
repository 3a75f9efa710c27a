/** All files of a sandbox, by path: what a cell's WASI does with them, and at once. */
import { concatBytes, decodeText, encodeText } from "#base";
import { FILE_TYPES, readEntries } from "./entries.ts";
import type { FileType, FolderEntry } from "./entries.ts";
import type { Host } from "./host.ts";
import { CHUNK_BYTES } from "./host.ts";
import type { SandboxFunction } from "./host-imports.ts";

export interface SandboxFileStat {
  readonly type: FileType;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface SandboxFile {
  /** Bytes from an offset; none at the end. */
  read(offset: number, limitBytes: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
  /** Writes at its end, wherever others have brought that meanwhile. */
  append(bytes: Uint8Array): void;
  sizeBytes(): number;
  close(): void;
}

/** What a refused operation throws; its `code` is as wasi:filesystem has it, `no-entry` and the like. */
class SandboxFileError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.name = "SandboxFileError";
    this.code = code;
  }
}

export interface SandboxFiles {
  /** Undefined if there is nothing. */
  stat(path: string, follow?: boolean): SandboxFileStat | undefined;
  /** The same text for all names of one file, and for no other; undefined if there is nothing. */
  identify(path: string, follow?: boolean): string | undefined;
  list(path: string): FolderEntry[];
  open(
    path: string,
    mode: {
      readonly read?: boolean;
      readonly write?: boolean;
      readonly create?: boolean;
      readonly truncate?: boolean;
      readonly exclusive?: boolean;
    },
  ): SandboxFile;
  makeDirectory(path: string): void;
  removeFile(path: string): void;
  removeDirectory(path: string): void;
  rename(from: string, to: string): void;
  makeLink(target: string, path: string): void;
  makeHardLink(existing: string, path: string): void;
  readLink(path: string): string;
  setModified(path: string, modifiedMs: number): void;
}

const ERROR_CODES = (
  "access would-block already bad-descriptor busy deadlock quota exist file-too-large illegal-byte-sequence in-progress " +
  "interrupted invalid io is-directory loop too-many-links message-size name-too-long no-device no-entry no-lock " +
  "insufficient-memory insufficient-space not-directory not-empty not-recoverable unsupported no-tty no-such-device " +
  "overflow not-permitted pipe read-only invalid-seek text-file-busy cross-device"
).split(" ");

const FOLLOW = 1;
const CREATE = 1;
const EXCLUSIVE = 4;
const TRUNCATE = 8;
const READ = 1;
const WRITE = 2;
const DIRECTORY = 2;
const TIMESTAMP = 2;
const NO_CHANGE = 0;
/** What a stream takes at a time that has no room yet, by specification. */
const WAITING_BYTES = 4096;

type Calls = Readonly<Record<SandboxFunction, (...args: number[]) => number>>;

/** @param openRoot gives the descriptor of the root, once */
export function createSandboxFiles(host: Host, calls: Calls, openRoot: () => number): SandboxFiles {
  const { call, resultAt } = host;
  let opened: number | undefined;
  const root = (): number => (opened ??= openRoot());

  const check = (at: number): void => {
    if (host.u8(0) !== 0) throw new SandboxFileError(ERROR_CODES[host.u8(at)] ?? "io");
  };
  /** The root's own name is a dot. */
  const lend = (path: string, offset = 0): readonly [at: number, length: number] => {
    const name = encodeText(path.replace(/^\/+/, "") || ".");
    return [host.lend(name, offset), name.length];
  };
  const readStat = (): SandboxFileStat => ({
    type: FILE_TYPES[host.u8(8)] ?? "other",
    sizeBytes: host.u64(24),
    modifiedMs: host.u8(56) === 0 ? 0 : host.u64(64) * 1000 + host.u32(72) / 1_000_000,
  });
  const openAt = (path: string, openFlags: number, flags: number): number => {
    const directory = root();
    const [at, length] = lend(path);
    call.openAt(directory, FOLLOW, at, length, openFlags, flags, resultAt);
    check(4);
    return host.u32(4);
  };

  return {
    stat(path, follow = true) {
      const directory = root();
      const [at, length] = lend(path);
      calls.statAt(directory, follow ? FOLLOW : 0, at, length, resultAt);
      if (host.u8(0) === 0) return readStat();
      const code = ERROR_CODES[host.u8(8)] ?? "io";
      if (code === "no-entry" || code === "not-directory" || code === "loop") return undefined;
      throw new SandboxFileError(code);
    },
    identify(path, follow = true) {
      const directory = root();
      const [at, length] = lend(path);
      calls.metadataHashAt(directory, follow ? FOLLOW : 0, at, length, resultAt);
      return host.u8(0) === 0 ? `${host.u64(16)} ${host.u64(8)}` : undefined;
    },
    list(path) {
      return readEntries(host, openAt(path, DIRECTORY, READ), check);
    },
    open(path, { read, write, create, truncate, exclusive }) {
      const openFlags =
        (create === true ? CREATE : 0) |
        (exclusive === true ? EXCLUSIVE : 0) |
        (truncate === true ? TRUNCATE : 0);
      const flags = (read === true || write !== true ? READ : 0) | (write === true ? WRITE : 0);
      return toFile(host, calls, openAt(path, openFlags, flags), check);
    },
    makeDirectory(path) {
      const directory = root();
      calls.createDirectoryAt(directory, ...lend(path), resultAt);
      check(1);
    },
    removeFile(path) {
      const directory = root();
      calls.unlinkFileAt(directory, ...lend(path), resultAt);
      check(1);
    },
    removeDirectory(path) {
      const directory = root();
      calls.removeDirectoryAt(directory, ...lend(path), resultAt);
      check(1);
    },
    rename(from, to) {
      const directory = root();
      const old = lend(from);
      calls.renameAt(directory, ...old, directory, ...lend(to, old[1]), resultAt);
      check(1);
    },
    makeLink(target, path) {
      const directory = root();
      const name = encodeText(target);
      const at = host.lend(name);
      calls.symlinkAt(directory, at, name.length, ...lend(path, name.length), resultAt);
      check(1);
    },
    makeHardLink(existing, path) {
      const directory = root();
      const old = lend(existing);
      calls.linkAt(directory, 0, ...old, directory, ...lend(path, old[1]), resultAt);
      check(1);
    },
    readLink(path) {
      const directory = root();
      calls.readlinkAt(directory, ...lend(path), resultAt);
      check(4);
      return decodeText(host.bytesAt(host.u32(4), host.u32(8)));
    },
    setModified(path, modifiedMs) {
      const directory = root();
      const seconds = Math.floor(modifiedMs / 1000);
      const nanoseconds = Math.round((modifiedMs - seconds * 1000) * 1_000_000);
      const [at, length] = lend(path);
      calls.setTimesAt(
        directory,
        FOLLOW,
        at,
        length,
        NO_CHANGE,
        0,
        0,
        TIMESTAMP,
        seconds,
        nanoseconds,
        resultAt,
      );
      check(1);
    },
  };
}

function toFile(host: Host, calls: Calls, file: number, check: (at: number) => void): SandboxFile {
  const { call, resultAt } = host;
  let closed = false;
  let stream: number | undefined;
  const openStream = (): number => {
    calls.appendViaStream(file, resultAt);
    check(4);
    return host.u32(4);
  };
  const dropStream = (): void => {
    if (stream !== undefined) call.dropOutput(stream);
    stream = undefined;
  };
  /** A stream that has failed is of no more use; the next one may be. */
  const checkStream = (at: number): void => {
    if (host.u8(0) === 0) return;
    let code = "io";
    if (host.u8(at) === 0) {
      const error = host.u32(at + 4);
      calls.fileErrorCode(error, resultAt);
      if (host.u8(0) !== 0) code = ERROR_CODES[host.u8(1)] ?? code;
      call.dropError(error);
    }
    dropStream();
    throw new SandboxFileError(code);
  };
  return {
    read(offset, limitBytes) {
      const parts: Uint8Array[] = [];
      let length = 0;
      while (length < limitBytes) {
        call.readFile(file, Math.min(CHUNK_BYTES, limitBytes - length), offset + length, resultAt);
        check(4);
        const isLast = host.u8(12) !== 0;
        const part = host.bytesAt(host.u32(4), host.u32(8));
        parts.push(part);
        length += part.length;
        if (isLast || part.length === 0) break;
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : concatBytes(parts);
    },
    write(offset, bytes) {
      for (let done = 0; done < bytes.length;) {
        const part = bytes.subarray(done, done + CHUNK_BYTES);
        calls.writeFile(file, host.lend(part), part.length, offset + done, resultAt);
        check(8);
        done += host.u64(8);
      }
    },
    append(bytes) {
      stream ??= openStream();
      for (let done = 0; done < bytes.length;) {
        let part = bytes.subarray(done, done + CHUNK_BYTES);
        call.checkWrite(stream, resultAt);
        checkStream(8);
        // As one piece, so that nothing of others comes between.
        const hasRoom = host.u64(8) >= part.length;
        if (!hasRoom) part = part.subarray(0, WAITING_BYTES);
        const write = hasRoom ? call.write : calls.writeAndFlush;
        write(stream, host.lend(part), part.length, resultAt);
        checkStream(4);
        done += part.length;
      }
      // It is answered after what is on its way.
      calls.stat(file, resultAt);
      check(8);
      call.flush(stream, resultAt);
      checkStream(4);
    },
    sizeBytes() {
      calls.stat(file, resultAt);
      check(8);
      return host.u64(24);
    },
    close() {
      if (closed) return;
      closed = true;
      dropStream();
      call.dropDescriptor(file);
    },
  };
}

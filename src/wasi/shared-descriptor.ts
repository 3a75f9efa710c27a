/** The resource `descriptor` for files that the cell shares with others: the host has them, and each call asks it. */
import { after } from "#base";
import type { Eventually } from "#base";
import type {
  DescriptorFlags,
  DescriptorStat,
  DescriptorType,
  MetadataHash,
  NewTimestamp,
  OpenFlags,
  PathFlags,
} from "./file-types.ts";
import { ROOT_HANDLE } from "./file-calls.ts";
import type { FileAnswer } from "./file-calls.ts";
import { InputStream } from "./input-stream.ts";
import { createOutputLine } from "./output-line.ts";
import { OutputStream } from "./output-stream.ts";
import { SharedDirectoryEntryStream } from "./shared-entries.ts";
import type { FirstEntries } from "./shared-entries.ts";
import { toValue } from "./shared-host.ts";
import type { SharedHost } from "./shared-host.ts";
import { createSharedReader } from "./shared-reader.ts";
import { createSharedSink } from "./shared-sink.ts";
import { refuse } from "./trap.ts";

/** One `write` moves at most this much, so that calls stay short. */
const WRITE_LIMIT_BYTES = 64 * 1024;
const ROOT_FLAGS = { read: true, mutateDirectory: true };

/** A handle of the host, kept as long as a descriptor or a stream uses it. */
class Handle {
  #users = 1;

  readonly #host: SharedHost;
  readonly number: number;

  constructor(host: SharedHost, number: number) {
    this.#host = host;
    this.number = number;
  }

  use(): void {
    this.#users++;
  }

  leave(): void {
    // The root's handle stays: each call of `get-directories` uses it again.
    if (--this.#users === 0 && this.number !== ROOT_HANDLE) this.#host.drop(this.number);
  }
}

/** The resource `descriptor`. */
export class SharedDescriptor {
  static readonly takesLent: readonly string[] = ["write"];

  static root(host: SharedHost): SharedDescriptor {
    return new SharedDescriptor(host, ROOT_HANDLE, "directory", ROOT_FLAGS);
  }

  readonly #host: SharedHost;
  readonly #handle: Handle;
  readonly #type: DescriptorType;
  readonly #flags: DescriptorFlags;
  #dropped = false;

  constructor(host: SharedHost, handle: number, type: DescriptorType, flags: DescriptorFlags) {
    this.#host = host;
    this.#handle = new Handle(host, handle);
    this.#type = type;
    this.#flags = flags;
  }

  readViaStream(offset: bigint): InputStream {
    this.#require("read");
    const host = this.#host;
    const reader = createSharedReader({
      read: (length, at) => this.read(length, at),
      get version() {
        return host.version;
      },
      offset: toOffset(offset),
    });
    this.#handle.use();
    return new InputStream(reader, this.#host.waits, () => {
      reader[Symbol.dispose]();
      this.#handle.leave();
    });
  }

  writeViaStream(offset: bigint): OutputStream {
    let at = toOffset(offset);
    return this.#openSink((bytes) =>
      after(this.#write("write", [at], bytes), (written) => {
        at += written;
        return written;
      }),
    );
  }

  appendViaStream(): OutputStream {
    return this.#openSink((bytes) => this.#write("append", [], bytes));
  }

  read(length: bigint, offset: bigint): Eventually<[Uint8Array, boolean]> {
    this.#require("read");
    return after(this.#settled(this.#call("read", length, toOffset(offset))), (answer) =>
      answer.type === "bytes" ? [answer.bytes, answer.isEnd] : refuse("io"),
    );
  }

  write(buffer: Uint8Array, offset: bigint): Eventually<bigint> {
    this.#require("write");
    return this.#settled(this.#write("write", [toOffset(offset)], buffer));
  }

  advise(): void {
    if (this.#type === "directory") refuse("bad-descriptor");
  }

  /** Nothing to do: written bytes are already where they stay. */
  sync(): void {}

  syncData(): void {}

  getFlags(): DescriptorFlags {
    return this.#flags;
  }

  getType(): DescriptorType {
    return this.#type;
  }

  setSize(size: bigint): Eventually<void> {
    this.#require("write");
    return this.#do("setSize", toOffset(size));
  }

  setTimes(accessed: NewTimestamp, modified: NewTimestamp): Eventually<void> {
    return this.#do("setTimes", accessed, modified);
  }

  setTimesAt(
    flags: PathFlags,
    path: string,
    accessed: NewTimestamp,
    modified: NewTimestamp,
  ): Eventually<void> {
    return this.#do("setTimesAt", flags, path, accessed, modified);
  }

  stat(): Eventually<DescriptorStat> {
    return this.#ask("stat");
  }

  statAt(flags: PathFlags, path: string): Eventually<DescriptorStat> {
    return this.#ask("statAt", flags, path);
  }

  openAt(
    paths: PathFlags,
    path: string,
    open: OpenFlags,
    flags: DescriptorFlags,
  ): Eventually<SharedDescriptor> {
    const opened = this.#ask<Opened>("openAt", paths, path, open, flags);
    return after(
      opened,
      (found) => new SharedDescriptor(this.#host, found.handle, found.type, found.flags),
    );
  }

  readDirectory(): Eventually<SharedDirectoryEntryStream> {
    return after(
      this.#ask<FirstEntries>("readDirectory"),
      (first) => new SharedDirectoryEntryStream(this.#host, first),
    );
  }

  readlinkAt(path: string): Eventually<string> {
    return this.#ask("readlinkAt", path);
  }

  createDirectoryAt(path: string): Eventually<void> {
    return this.#do("createDirectoryAt", path);
  }

  symlinkAt(target: string, path: string): Eventually<void> {
    return this.#do("symlinkAt", target, path);
  }

  linkAt(flags: PathFlags, path: string, to: SharedDescriptor, newPath: string): Eventually<void> {
    return this.#do("linkAt", flags, path, to.#handle.number, newPath);
  }

  renameAt(path: string, to: SharedDescriptor, newPath: string): Eventually<void> {
    return this.#do("renameAt", path, to.#handle.number, newPath);
  }

  unlinkFileAt(path: string): Eventually<void> {
    return this.#do("unlinkFileAt", path);
  }

  removeDirectoryAt(path: string): Eventually<void> {
    return this.#do("removeDirectoryAt", path);
  }

  isSameObject(other: SharedDescriptor): Eventually<boolean> {
    return this.#ask("isSameObject", other.#handle.number);
  }

  metadataHash(): Eventually<MetadataHash> {
    return this.#ask("metadataHash");
  }

  metadataHashAt(flags: PathFlags, path: string): Eventually<MetadataHash> {
    return this.#ask("metadataHashAt", flags, path);
  }

  [Symbol.dispose](): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.#handle.leave();
  }

  #openSink(write: (bytes: Uint8Array) => Eventually<bigint>): OutputStream {
    this.#require("write");
    const sink = createSharedSink({ write, track: (sending) => this.#host.track(sending) });
    this.#handle.use();
    const dropped = (): void => {
      sink[Symbol.dispose]();
      this.#handle.leave();
    };
    const share = createOutputLine(sink, false).open();
    return new OutputStream(share, this.#host.waits, dropped, () => sink.failure);
  }

  #write(call: string, args: readonly unknown[], bytes: Uint8Array): Eventually<bigint> {
    const piece = bytes.subarray(0, WRITE_LIMIT_BYTES);
    return after(this.#host.call(this.#handle.number, call, args, piece), toValue<bigint>);
  }

  #do(call: string, ...args: readonly unknown[]): Eventually<void> {
    return after(this.#settled(this.#call(call, ...args)), () => undefined);
  }

  #ask<T>(call: string, ...args: readonly unknown[]): Eventually<T> {
    return after(this.#settled(this.#call(call, ...args)), toValue<T>);
  }

  #call(call: string, ...args: readonly unknown[]): Eventually<FileAnswer> {
    return this.#host.call(this.#handle.number, call, args);
  }

  #settled<T>(value: Eventually<T>): Eventually<T> {
    return this.#host.waits.settled(value);
  }

  #require(flag: "read" | "write"): void {
    if (this.#type === "directory") refuse("is-directory");
    if (this.#flags[flag] !== true) refuse("bad-descriptor");
  }
}

interface Opened {
  readonly handle: number;
  readonly type: DescriptorType;
  readonly flags: DescriptorFlags;
}

/** Offsets are signed in POSIX, so in all hosts over it, too. */
function toOffset(value: bigint): bigint {
  return value >= 2n ** 63n ? refuse("invalid") : value;
}

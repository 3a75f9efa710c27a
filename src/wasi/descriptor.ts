/**
 * `wasi:filesystem/types`: files and directories of the cell.
 *
 * Names, and contents in memory, answer at once; contents of the image suspend the guest until they are fetched.
 */
import { after } from "#base";
import type { Eventually } from "#base";
import { createFileSink, createFileSource } from "#vfs";
import type { FileNode, Files, Node } from "#vfs";
import { DirectoryEntryStream } from "./directory-entry-stream.ts";
import {
  requireDirectory,
  settle,
  toDescriptorType,
  toMetadataHash,
  toStat,
  toTime,
} from "./file-types.ts";
import type {
  DescriptorFlags,
  DescriptorStat,
  DescriptorType,
  MetadataHash,
  NewTimestamp,
  OpenFlags,
  PathFlags,
} from "./file-types.ts";
import { createFileReader } from "./file-reader.ts";
import { InputStream } from "./input-stream.ts";
import { createOutputLine } from "./output-line.ts";
import { OutputStream } from "./output-stream.ts";
import { refuse, trap } from "./trap.ts";
import type { Waits } from "./waits.ts";

/** One `read` or `write` moves at most this much, however much was requested. */
const PIECE_LIMIT_BYTES = 1024 * 1024;

/** Shared by all descriptors of a cell. */
export interface DescriptorHost {
  readonly files: Files;
  readonly waits: Waits;
  /** Limit on descriptors and their streams. The specification has no error code for it, so hosts trap. */
  readonly openLimit: number;
}

/** Writes at the present end of a file. For hosts only: guests append by streams. */
export let append: (descriptor: Descriptor, buffer: Uint8Array) => Eventually<bigint>;

/** The resource `descriptor`. Holds its node until the guest drops it. */
export class Descriptor {
  static readonly takesLent: readonly string[] = ["write"];

  static {
    append = (descriptor, buffer) => {
      const { content } = descriptor.#writable();
      const end = content.sizeBytes;
      return after(content.prepare(end, buffer.length), (refusal) => {
        settle(refusal);
        // If the file has grown meanwhile, another page must be prepared.
        return content.sizeBytes === end
          ? descriptor.write(buffer, BigInt(end))
          : append(descriptor, buffer);
      });
    };
  }

  readonly #host: DescriptorHost;
  readonly #node: Node;
  readonly #flags: DescriptorFlags;
  #dropped = false;

  constructor(host: DescriptorHost, node: Node, flags: DescriptorFlags) {
    this.#host = host;
    this.#node = node;
    this.#flags = flags;
    hold(host, node);
  }

  readViaStream(offset: bigint): InputStream {
    const file = this.#readable();
    const reader = createFileReader(createFileSource(file, toOffset(offset)));
    hold(this.#host, file);
    return new InputStream(reader, this.#host.waits, () => {
      reader[Symbol.dispose]();
      this.#host.files.release(file);
    });
  }

  writeViaStream(offset: bigint): OutputStream {
    return this.#openSink(toOffset(offset));
  }

  appendViaStream(): OutputStream {
    return this.#openSink();
  }

  read(length: bigint, offset: bigint): Eventually<[Uint8Array, boolean]> {
    const { content } = this.#readable();
    const start = toOffset(offset);
    const lengthBytes = clamp(length, PIECE_LIMIT_BYTES);
    return after(this.#host.waits.turn(), () =>
      after(this.#host.waits.settled(readOrRefuse(content, start, lengthBytes)), (bytes) => [
        bytes,
        start + bytes.length >= content.sizeBytes,
      ]),
    );
  }

  write(buffer: Uint8Array, offset: bigint): Eventually<bigint> {
    const file = this.#writable();
    const start = toOffset(offset);
    const bytes = buffer.subarray(0, PIECE_LIMIT_BYTES);
    return after(this.#host.waits.turn(), () =>
      after(this.#host.waits.settled(file.content.prepare(start, bytes.length)), (refusal) => {
        settle(refusal);
        return BigInt(settle(this.#host.files.write(file, start, bytes)));
      }),
    );
  }

  advise(): void {
    this.#file("bad-descriptor");
  }

  /** Nothing to do: written bytes are already where they stay. */
  sync(): void {}

  syncData(): void {}

  getFlags(): DescriptorFlags {
    return this.#flags;
  }

  getType(): DescriptorType {
    return toDescriptorType(this.#node.type);
  }

  setSize(size: bigint): void {
    settle(this.#host.files.resize(this.#writable(), toOffset(size)));
  }

  setTimes(accessed: NewTimestamp, modified: NewTimestamp): void {
    this.#setTimes(this.#node, accessed, modified);
  }

  setTimesAt(flags: PathFlags, path: string, accessed: NewTimestamp, modified: NewTimestamp): void {
    this.#setTimes(this.#find(flags, path), accessed, modified);
  }

  stat(): DescriptorStat {
    return toStat(this.#node);
  }

  statAt(flags: PathFlags, path: string): DescriptorStat {
    return toStat(this.#find(flags, path));
  }

  openAt(paths: PathFlags, path: string, open: OpenFlags, flags: DescriptorFlags): Descriptor {
    const node = settle(
      this.#host.files.open(requireDirectory(this.#node), path, {
        follow: paths.symlinkFollow === true,
        create: open.create === true,
        exclusive: open.exclusive === true,
        directory: open.directory === true,
        truncate: open.truncate === true,
        write: flags.write === true,
        mutate: flags.mutateDirectory === true,
      }),
    );
    return new Descriptor(this.#host, node, toOpened(node, open, flags));
  }

  readDirectory(): DirectoryEntryStream {
    return new DirectoryEntryStream(this.#host.files, requireDirectory(this.#node));
  }

  readlinkAt(path: string): string {
    const node = this.#find({}, path);
    if (node.type !== "link") return refuse("invalid");
    return node.target.startsWith("/") ? refuse("not-permitted") : node.target;
  }

  createDirectoryAt(path: string): void {
    settle(this.#host.files.createDirectory(requireDirectory(this.#node), path));
  }

  symlinkAt(target: string, path: string): void {
    settle(this.#host.files.createLink(requireDirectory(this.#node), path, target));
  }

  linkAt(flags: PathFlags, path: string, to: Descriptor, newPath: string): void {
    if (flags.symlinkFollow === true) refuse("invalid");
    const [from, into] = [requireDirectory(this.#node), requireDirectory(to.#node)];
    settle(this.#host.files.link(from, path, into, newPath));
  }

  renameAt(path: string, to: Descriptor, newPath: string): void {
    const [from, into] = [requireDirectory(this.#node), requireDirectory(to.#node)];
    settle(this.#host.files.rename(from, path, into, newPath));
  }

  unlinkFileAt(path: string): void {
    settle(this.#host.files.removeFile(requireDirectory(this.#node), path));
  }

  removeDirectoryAt(path: string): void {
    settle(this.#host.files.removeDirectory(requireDirectory(this.#node), path));
  }

  isSameObject(other: Descriptor): boolean {
    return this.#node === other.#node;
  }

  metadataHash(): MetadataHash {
    return toMetadataHash(this.#node);
  }

  metadataHashAt(flags: PathFlags, path: string): MetadataHash {
    return toMetadataHash(this.#find(flags, path));
  }

  [Symbol.dispose](): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.#host.files.release(this.#node);
  }

  #openSink(offset?: number): OutputStream {
    const file = this.#writable();
    const sink = createFileSink(this.#host.files, file, offset);
    hold(this.#host, file);
    const dropped = (): void => {
      sink[Symbol.dispose]();
      this.#host.files.release(file);
    };
    const share = createOutputLine(sink, false).open();
    return new OutputStream(share, this.#host.waits, dropped, () => sink.failure);
  }

  #setTimes(node: Node, accessed: NewTimestamp, modified: NewTimestamp): void {
    const now = this.#host.files.nowNs();
    settle(
      this.#host.files.setTimes(node, {
        accessed: toTime(accessed, node.times.accessed, now),
        modified: toTime(modified, node.times.modified, now),
      }),
    );
  }

  #file(otherwise: "is-directory" | "bad-descriptor"): FileNode {
    return this.#node.type === "file" ? this.#node : refuse(otherwise);
  }

  #readable(): FileNode {
    const file = this.#file("is-directory");
    return this.#flags.read === true ? file : refuse("bad-descriptor");
  }

  #writable(): FileNode {
    const file = this.#file("is-directory");
    return this.#flags.write === true ? file : refuse("bad-descriptor");
  }

  #find(flags: PathFlags, path: string): Node {
    const from = requireDirectory(this.#node);
    return settle(this.#host.files.find(from, path, flags.symlinkFollow === true));
  }
}

/**
 * The flags of an opened descriptor, from the requested ones: as in hosts over POSIX, no flags mean read access, and
 * creating a file implies write access.
 */
function toOpened(node: Node, open: OpenFlags, flags: DescriptorFlags): DescriptorFlags {
  if (node.type === "directory") {
    return { read: true, mutateDirectory: flags.mutateDirectory === true };
  }
  const write = flags.write === true || (open.create === true && node.volume.writable);
  return { ...flags, read: flags.read === true || flags.write !== true, write };
}

/** Any reason why bytes of a file cannot be fetched is the error `io` to the guest. */
function readOrRefuse(
  content: FileNode["content"],
  start: number,
  lengthBytes: number,
): Eventually<Uint8Array> {
  try {
    const bytes = content.readNow(start, lengthBytes) ?? content.read(start, lengthBytes);
    return bytes instanceof Promise ? bytes.catch(() => refuse("io")) : bytes;
  } catch {
    return refuse("io");
  }
}

function hold({ files, openLimit }: DescriptorHost, node: Node): void {
  if (files.held >= openLimit) {
    trap(`wasi:filesystem: more than ${openLimit} files and streams of files are open`);
  }
  files.hold(node);
}

/** Offsets are signed in POSIX, so in all hosts over it, too; no file is longer than the largest exact number. */
function toOffset(value: bigint): number {
  if (value >= 2n ** 63n) return refuse("invalid");
  return clamp(value, Number.MAX_SAFE_INTEGER);
}

function clamp(value: bigint, limit: number): number {
  return value < BigInt(limit) ? Number(value) : limit;
}

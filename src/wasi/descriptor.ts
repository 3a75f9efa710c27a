/**
 * `wasi:filesystem/types`: files and directories of the cell's read-only tree.
 *
 * The index answers at once; contents suspend the guest until they are there. Whatever would change a file is refused
 * as `read-only`.
 */
import type { TreeEntry } from "#base";
import { createFileSource } from "#vfs";
import type { FileRefusal, Files } from "#vfs";
import { InputStream } from "./input-stream.ts";
import { createReader } from "./reader.ts";
import { refuse } from "./trap.ts";
import type { Turns } from "./turns.ts";

type DescriptorType = "directory" | "regular-file" | "symbolic-link";

interface DescriptorFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly mutateDirectory?: boolean;
}

interface PathFlags {
  readonly symlinkFollow?: boolean;
}

interface OpenFlags {
  readonly create?: boolean;
  readonly directory?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
}

interface DescriptorStat {
  readonly type: DescriptorType;
  readonly linkCount: bigint;
  readonly size: bigint;
}

interface DirectoryEntry {
  readonly type: DescriptorType;
  readonly name: string;
}

/** One `read` gives at most this, however much was asked for. */
const READ_LIMIT_BYTES = 1024 * 1024;
const TYPES = { directory: "directory", file: "regular-file", link: "symbolic-link" } as const;

/** The resource `descriptor`. */
export class Descriptor {
  readonly #files: Files;
  readonly #turns: Turns;
  readonly #path: string;
  readonly #entry: TreeEntry;

  constructor(files: Files, turns: Turns, path: string, entry: TreeEntry) {
    this.#files = files;
    this.#turns = turns;
    this.#path = path;
    this.#entry = entry;
  }

  readViaStream(offset: bigint): InputStream {
    const size = this.#fileSize();
    const source = createFileSource(this.#files.tree, this.#path, clamp(offset, size), size);
    const reader = createReader(source, "io");
    return new InputStream(reader, this.#turns, () => reader[Symbol.dispose]());
  }

  async read(length: bigint, offset: bigint): Promise<[Uint8Array, boolean]> {
    const size = this.#fileSize();
    const start = clamp(offset, size);
    const lengthBytes = Math.min(clamp(length, size - start), READ_LIMIT_BYTES);
    if (lengthBytes === 0) return [new Uint8Array(0), start >= size];
    await this.#turns.take();
    let bytes: Uint8Array;
    try {
      bytes = await this.#files.tree.read(this.#path, start, lengthBytes);
    } catch {
      return refuse("io");
    }
    this.#turns.passed();
    return [bytes, start + bytes.length >= size];
  }

  advise(): void {
    this.#fileSize();
  }

  sync(): void {}

  syncData(): void {}

  getFlags(): DescriptorFlags {
    return { read: true };
  }

  getType(): DescriptorType {
    return TYPES[this.#entry.type];
  }

  stat(): DescriptorStat {
    return toStat(this.#entry);
  }

  statAt(flags: PathFlags, path: string): DescriptorStat {
    return toStat(this.#find(path, flags.symlinkFollow === true).entry);
  }

  openAt(paths: PathFlags, path: string, open: OpenFlags, flags: DescriptorFlags): Descriptor {
    const directory = this.#directory();
    const found = this.#files.find(directory, path, paths.symlinkFollow === true);
    if (found.type === "refused") {
      return refuse(found.code === "no-entry" && open.create === true ? "read-only" : found.code);
    }
    if (open.exclusive === true && open.create === true) return refuse("exist");
    if (found.entry.type === "link") return refuse("loop");
    if (open.directory === true && found.entry.type !== "directory") return refuse("not-directory");
    const writes = flags.write === true || open.truncate === true;
    if (writes && found.entry.type === "directory") return refuse("is-directory");
    if (writes || flags.mutateDirectory === true) return refuse("read-only");
    return new Descriptor(this.#files, this.#turns, found.path, found.entry);
  }

  readDirectory(): DirectoryEntryStream {
    const directory = this.#directory();
    return new DirectoryEntryStream(
      this.#files.list(directory).map((name) => {
        const path = directory === "" ? name : `${directory}/${name}`;
        return { name, type: TYPES[this.#files.tree.entries.get(path)?.type ?? "file"] };
      }),
    );
  }

  readlinkAt(path: string): string {
    const { entry } = this.#find(path, false);
    if (entry.type !== "link") return refuse("invalid");
    return entry.target.startsWith("/") ? refuse("not-permitted") : entry.target;
  }

  isSameObject(other: Descriptor): boolean {
    return this.#files === other.#files && this.#path === other.#path;
  }

  metadataHash(): { lower: bigint; upper: bigint } {
    return { lower: this.#files.identify(this.#path), upper: 0n };
  }

  metadataHashAt(flags: PathFlags, path: string): { lower: bigint; upper: bigint } {
    const found = this.#find(path, flags.symlinkFollow === true);
    return { lower: this.#files.identify(found.path), upper: 0n };
  }

  appendViaStream(): never {
    return refuse("read-only");
  }

  writeViaStream(): never {
    return refuse("read-only");
  }

  write(): never {
    return refuse("read-only");
  }

  setSize(): never {
    return refuse("read-only");
  }

  setTimes(): never {
    return refuse("read-only");
  }

  setTimesAt(): never {
    return refuse("read-only");
  }

  createDirectoryAt(): never {
    return refuse("read-only");
  }

  linkAt(): never {
    return refuse("read-only");
  }

  removeDirectoryAt(): never {
    return refuse("read-only");
  }

  renameAt(): never {
    return refuse("read-only");
  }

  symlinkAt(): never {
    return refuse("read-only");
  }

  unlinkFileAt(): never {
    return refuse("read-only");
  }

  #fileSize(): number {
    return this.#entry.type === "file" ? this.#entry.sizeBytes : refuse("is-directory");
  }

  #directory(): string {
    return this.#entry.type === "directory" ? this.#path : refuse("not-directory");
  }

  #find(path: string, follow: boolean): { path: string; entry: TreeEntry } {
    const found = this.#files.find(this.#directory(), path, follow);
    return found.type === "found" ? found : refuse(found.code satisfies FileRefusal);
  }
}

/** The resource `directory-entry-stream`: the entries as they were when the directory was read. */
export class DirectoryEntryStream {
  readonly #entries: readonly DirectoryEntry[];
  #next = 0;

  constructor(entries: readonly DirectoryEntry[]) {
    this.#entries = entries;
  }

  readDirectoryEntry(): DirectoryEntry | undefined {
    return this.#entries[this.#next++];
  }
}

function toStat(entry: TreeEntry): DescriptorStat {
  const size = entry.type === "file" ? BigInt(entry.sizeBytes) : 0n;
  return { type: TYPES[entry.type], linkCount: 1n, size };
}

function clamp(value: bigint, limit: number): number {
  return value < BigInt(limit) ? Number(value) : limit;
}

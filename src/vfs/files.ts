/**
 * The files of one cell: its image, a `tmp` of its own, and its mounts, as one tree of nodes.
 *
 * Each node belongs to a volume: a read-only tree, the image's or a mount's, with the cell's changes over it. All of it
 * is discarded with the cell. Nothing here waits, except for contents of a tree that does not answer at once.
 */
import type { EventualTree, FileRefusal, Mount, Spill } from "#base";
import { FileContent } from "./file-content.ts";
import {
  refuseChange,
  refuseDevice,
  refuseRename,
  refuseSlash,
  refuseWithin,
} from "./change-rules.ts";
import { createJournal } from "./journal.ts";
import type { Change, Journal } from "./journal.ts";
import {
  createCounted,
  enter,
  freeUnused,
  joinPath,
  leave,
  listNames,
  lookUp,
  metadataBytes,
  pathOf,
  typeOf,
} from "./node.ts";
import type { DirectoryNode, FileNode, Node, NodeTimes } from "./node.ts";
import { Pager } from "./pager.ts";
import { createQuota, toQuotaLimits } from "./quota.ts";
import type { Quota, QuotaLimits } from "./quota.ts";
import { mountVolumes } from "./volumes.ts";
import { walk } from "./walk.ts";
import type { Follow, Place } from "./walk.ts";

/** How a file is opened. */
export interface OpenMode {
  readonly follow: boolean;
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly directory: boolean;
  readonly truncate: boolean;
  /** The file will be written. */
  readonly write: boolean;
  /** Names in the directory will be changed. */
  readonly mutate: boolean;
}

export interface FilesOptions {
  /** The tree at the root. */
  readonly tree: EventualTree;
  /** Whether the tree at the root is writable; false by default. */
  readonly writable?: boolean | undefined;
  /** Writable trees; a mount hides what was at its path, earlier mounts included. */
  readonly mounts: readonly Mount<EventualTree>[];
  /** Whether `tmp` is a volume of its own, which snapshots leave out; true by default. */
  readonly hasTmp?: boolean | undefined;
  /** The wall clock, in nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  /** Where written pages are evicted to when memory is short; without it, all of them stay in memory. */
  readonly spill?: Spill | undefined;
  /** The memory limit of the cell itself, which bounds the host memory spent on it; unbounded by default. */
  readonly cellMemoryBytes?: number | undefined;
  /** Limits that are not given default to `toQuotaLimits`. */
  readonly limits?: Partial<QuotaLimits> | undefined;
}

const JOURNAL_LIMIT = 256;
const TARGET_LIMIT = 4096;

/**
 * The files of a cell. Paths start from a directory that the caller holds, and never lead out of it.
 *
 * A refusal is returned as a string, an error code of `wasi:filesystem`.
 */
export class Files {
  readonly journal: Journal = createJournal(JOURNAL_LIMIT);
  /** The cell's quota, which other objects that the host keeps for the cell are charged to as well. */
  readonly quota: Quota;
  readonly #nowNs: () => bigint;
  readonly #mount: () => DirectoryNode;
  readonly #pager: Pager;
  readonly #listeners = new Set<(change: Change) => void>();
  #root: DirectoryNode | undefined;
  #held = 0;
  /** Cache of the last path lookup, cleared when any name changes: libc turns one `stat` into two WASI calls. */
  #last: Found | undefined;
  /** Cache of the last lookup's directory, cleared with it: programs open one file of a directory after the other. */
  #lastDirectory: FoundDirectory | undefined;
  /** The file of the latest change, if that was a write, and its path is still valid. */
  #written: FileNode | undefined;

  /** @throws {RangeError} when the limits leave too little memory. */
  constructor({
    tree,
    writable = false,
    mounts,
    hasTmp = true,
    nowNs,
    spill,
    ...others
  }: FilesOptions) {
    this.#nowNs = nowNs;
    const { cellMemoryBytes = Infinity } = others;
    const spills = spill !== undefined;
    const limits = { ...toQuotaLimits(cellMemoryBytes, spills), ...others.limits };
    const quota = createQuota(limits, spills);
    const pager = new Pager(quota, spill, limits.memoryBytes);
    this.quota = quota;
    this.#mount = () => mountVolumes({ tree, writable, mounts, hasTmp, quota, pager, nowNs });
    this.#pager = pager;
  }

  /** Mounted on first access: mounting costs as much as the rest of the WASI host, and many programs open no file. */
  get root(): DirectoryNode {
    return (this.#root ??= this.#mount());
  }

  /** The node at a path; `follow` tells whether to follow a link at its end. */
  find(from: DirectoryNode, path: string, follow: boolean): Node | FileRefusal {
    const last = this.#last;
    if (last?.path === path && last.from === from && last.follow === follow) return last.found;
    const found = this.#findBeside(from, path) ?? this.#findByWalk(from, path, follow);
    // A lookup that was refused for lack of memory may succeed later.
    if (found !== "insufficient-memory") this.#last = { from, path, follow, found };
    return found;
  }

  /** Looks for a path's last name in the directory of the last lookup; `undefined` when the path must be walked. */
  #findBeside(from: DirectoryNode, path: string): Node | undefined {
    const last = this.#lastDirectory;
    if (last?.from !== from || path.lastIndexOf("/") !== last.prefix.length - 1) return undefined;
    if (!path.startsWith(last.prefix)) return undefined;
    const node = lookUp(last.directory, path.slice(last.prefix.length));
    return typeof node === "object" && node.type !== "link" ? node : undefined;
  }

  #findByWalk(from: DirectoryNode, path: string, follow: boolean): Node | FileRefusal {
    const place = this.#walk(from, path, follow ? "always" : "before-slash");
    if (typeof place === "string") return place;
    const { directory, slash, links, node } = place;
    const prefix = path.slice(0, path.lastIndexOf("/") + 1);
    // After a link, or with a slash at the end, `prefix` is not the path of this directory.
    if (directory !== undefined && !slash && links === 0 && prefix !== "") {
      this.#lastDirectory = { from, prefix, directory };
    }
    return node ?? "no-entry";
  }

  /** The node at a path, created or truncated as the mode says; the caller must hold it. */
  open(from: DirectoryNode, path: string, mode: OpenMode): Node | FileRefusal {
    const { create, exclusive, directory, truncate, write, mutate } = mode;
    const follow = mode.follow && !(create && exclusive);
    const place = this.#walk(from, path, follow ? "always" : "before-slash");
    if (typeof place === "string") return place;
    const { node } = place;
    if (node === undefined) {
      if (!create) return "no-entry";
      if (directory) return "invalid";
      if (place.slash) return "is-directory";
      return this.#make(place, ({ pager }) => ({ type: "file", content: new FileContent(pager) }));
    }
    if (create && exclusive) return "exist";
    if (node.type === "link") return "loop";
    if (directory && node.type !== "directory") return "not-directory";
    if (node.type === "directory") {
      if (truncate || create || write) return "is-directory";
      return mutate && !node.volume.writable ? "read-only" : node;
    }
    if ((write || truncate) && !node.volume.writable) return "read-only";
    if (truncate) this.resize(node, 0);
    return node;
  }

  /** Names in a directory, sorted by code unit. */
  names(directory: DirectoryNode): readonly string[] {
    return listNames(directory);
  }

  /** Type of the entry with a name in a directory; `undefined` when there is none. */
  typeOf(directory: DirectoryNode, name: string): Node["type"] | undefined {
    return typeOf(directory, name);
  }

  /**
   * An empty file without a name, in the volume of the root: the caller must hold it until it is placed.
   */
  createUnnamed(): FileNode | FileRefusal {
    const { volume } = this.root;
    const content = { type: "file", content: new FileContent(this.#pager) } as const;
    const node = createCounted(volume, content, this.#nowNs());
    return node === undefined ? "insufficient-space" : (node as FileNode);
  }

  /** Names an unnamed file, replacing any file of that name; follows a link at the end of the path. */
  place(file: FileNode, from: DirectoryNode, path: string): FileRefusal | undefined {
    const place = this.#walk(from, path, "always");
    if (typeof place === "string") return place;
    const { directory, name, node } = place;
    if (node?.type === "directory" || directory === undefined || place.slash) return "is-directory";
    const refusal = refuseChange(directory) ?? refuseDevice(file, directory);
    if (refusal !== undefined) return refusal;
    if (node !== undefined) leave(directory, name, node);
    if (!enter(directory, name, file)) return "insufficient-space";
    const now = this.#nowNs();
    if (node === undefined) this.#changed(directory, { type: "created", path: pathOf(file) }, now);
    else this.#forgetFound();
    this.#record({ type: "written", path: pathOf(file) });
    return undefined;
  }

  /** Calls the listener at each change until the returned function is called; repeated writes may all be reported. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    this.#written = undefined;
    return () => void this.#listeners.delete(listener);
  }

  /** Replaces a file's metadata. */
  setMetadata(file: FileNode, metadata: ReadonlyMap<string, string>): FileRefusal | undefined {
    if (!file.volume.writable) return "read-only";
    const moreBytes = metadataBytes(metadata) - metadataBytes(file.metadata);
    if (!file.volume.quota.takeMemory(moreBytes)) return "insufficient-space";
    file.metadata = metadata.size > 0 ? metadata : undefined;
    file.times.changed = this.#nowNs();
    this.#record({ type: "touched", path: pathOf(file) });
    return undefined;
  }

  createDirectory(from: DirectoryNode, path: string): FileRefusal | undefined {
    const place = this.#walk(from, path, "never");
    if (typeof place === "string") return place;
    if (place.node !== undefined) return "exist";
    const content = { type: "directory", basePath: undefined, mounted: false } as const;
    return toRefusal(this.#make(place, () => content));
  }

  createLink(from: DirectoryNode, path: string, target: string): FileRefusal | undefined {
    if (target === "") return "no-entry";
    if (target.startsWith("/")) return "not-permitted";
    if (target.includes("\0")) return "invalid";
    if (target.length > TARGET_LIMIT) return "name-too-long";
    const place = this.#walk(from, path, "never");
    if (typeof place === "string") return place;
    if (place.node !== undefined) return "exist";
    if (place.slash) return "no-entry";
    return toRefusal(this.#make(place, () => ({ type: "link", target, basePath: undefined })));
  }

  /** Gives a file or link a second name. */
  link(
    from: DirectoryNode,
    path: string,
    to: DirectoryNode,
    newPath: string,
  ): FileRefusal | undefined {
    const old = this.#walk(from, path, "before-slash");
    if (typeof old === "string") return old;
    if (old.node === undefined) return "no-entry";
    const place = this.#walk(to, newPath, "never");
    if (typeof place === "string") return place;
    if (place.node !== undefined) return "exist";
    if (place.slash || place.directory === undefined) return "no-entry";
    if (old.node.type === "directory") return "not-permitted";
    const refusal = refuseChange(place.directory) ?? refuseDevice(old.node, place.directory);
    if (refusal !== undefined) return refusal;
    if (!enter(place.directory, place.name, old.node)) return "insufficient-space";
    const now = this.#nowNs();
    old.node.times.changed = now;
    this.#changed(place.directory, { type: "created", path: pathOf(old.node) }, now);
    return undefined;
  }

  rename(
    from: DirectoryNode,
    path: string,
    to: DirectoryNode,
    newPath: string,
  ): FileRefusal | undefined {
    const old = this.#walk(from, path, "never");
    if (typeof old === "string") return old;
    const place = this.#walk(to, newPath, "never");
    if (typeof place === "string") return place;
    if (old.directory === undefined || place.directory === undefined) return "busy";
    if (old.node === undefined) return "no-entry";
    const refusal =
      refuseChange(old.directory) ??
      refuseChange(place.directory) ??
      refuseSlash(old.node, old.slash || place.slash) ??
      refuseWithin(old.node, place.directory, "invalid") ??
      refuseWithin(place.node, old.directory, "not-empty") ??
      refuseRename(old.node, place.node) ??
      refuseDevice(old.node, place.directory);
    if (refusal !== undefined) return refusal;
    // Both are names of one file: POSIX leaves both.
    if (place.node === old.node) return undefined;
    const before = pathOf(old.directory);
    this.#forgetFound();
    if (place.node !== undefined) leave(place.directory, place.name, place.node);
    // Entered under the new name first: a node without a name would be freed.
    if (!enter(place.directory, place.name, old.node)) return "insufficient-space";
    leave(old.directory, old.name, old.node);
    const now = this.#nowNs();
    old.node.times.changed = now;
    this.#touchDirectory(old.directory, now);
    const oldPath = before === undefined ? undefined : joinPath(before, old.name);
    this.#changed(place.directory, toRenamed(oldPath, pathOf(old.node)), now);
    return undefined;
  }

  /** Unlinks a file or link; open descriptors keep the file. */
  removeFile(from: DirectoryNode, path: string): FileRefusal | undefined {
    const place = this.#walk(from, path, "never");
    if (typeof place === "string") return place;
    if (place.node === undefined) return "no-entry";
    if (place.node.type === "directory") return "is-directory";
    return place.slash ? "not-directory" : this.#remove(place);
  }

  removeDirectory(from: DirectoryNode, path: string): FileRefusal | undefined {
    const place = this.#walk(from, path, "never");
    if (typeof place === "string") return place;
    if (place.node === undefined) return "no-entry";
    if (place.node.type !== "directory") return "not-directory";
    // As on Linux: `.` is refused as invalid, `..` because it is never empty.
    if (place.directory === undefined) return path.endsWith("..") ? "not-empty" : "invalid";
    if (place.node.mounted) return "busy";
    if (listNames(place.node).length > 0) return "not-empty";
    return this.#remove(place);
  }

  /** Writes as much as is writable now; returns the number of bytes written, also fewer than all when the quota runs out. */
  write(file: FileNode, offset: number, bytes: Uint8Array): number | FileRefusal {
    if (!file.volume.writable) return "read-only";
    const written = file.content.write(offset, bytes);
    if (typeof written === "number" && written > 0) this.#wrote(file);
    return written;
  }

  resize(file: FileNode, sizeBytes: number): FileRefusal | undefined {
    if (!file.volume.writable) return "read-only";
    const refusal = file.content.resize(sizeBytes);
    if (refusal === undefined) this.#wrote(file);
    return refusal;
  }

  /** Sets the given times. */
  setTimes(node: Node, times: Pick<NodeTimes, "accessed" | "modified">): FileRefusal | undefined {
    if (!node.volume.writable) return "read-only";
    Object.assign(node.times, times, { changed: this.#nowNs() });
    this.#record({ type: "touched", path: pathOf(node) });
    return undefined;
  }

  /** The wall clock that new times are taken from. */
  nowNs(): bigint {
    return this.#nowNs();
  }

  /** Number of open descriptors and streams. */
  get held(): number {
    return this.#held;
  }

  /** Keeps a node alive while it is in use, even after its last name is removed. */
  hold(node: Node): void {
    this.#held++;
    node.holders++;
  }

  release(node: Node): void {
    this.#held--;
    node.holders--;
    freeUnused(node);
  }

  #walk(from: DirectoryNode, path: string, follow: Follow): Place | FileRefusal {
    return walk(this.root, from, path, follow);
  }

  #make(
    { directory, name }: Place,
    toContent: (volume: DirectoryNode["volume"]) => Parameters<typeof createCounted>[1],
  ): Node | FileRefusal {
    if (directory === undefined) return "exist";
    const refusal = refuseChange(directory);
    if (refusal !== undefined) return refusal;
    const { volume } = directory;
    const now = this.#nowNs();
    const node = createCounted(volume, toContent(volume), now);
    if (node === undefined) return "insufficient-space";
    if (!enter(directory, name, node)) {
      freeUnused(node);
      return "insufficient-space";
    }
    this.#changed(directory, { type: "created", path: pathOf(node) }, now);
    return node;
  }

  #remove({ directory, name, node }: Place): FileRefusal | undefined {
    if (directory === undefined || node === undefined) return "busy";
    const refusal = refuseChange(directory);
    if (refusal !== undefined) return refusal;
    const parent = pathOf(directory);
    leave(directory, name, node);
    const now = this.#nowNs();
    node.times.changed = now;
    const path = parent === undefined ? undefined : joinPath(parent, name);
    this.#changed(directory, { type: "removed", path }, now);
    return undefined;
  }

  #wrote(file: FileNode): void {
    const now = this.#nowNs();
    file.times.modified = now;
    file.times.changed = now;
    if (this.#written === file) return this.journal.repeat();
    this.#record({ type: "written", path: pathOf(file) });
    if (file.links > 0 && this.#listeners.size === 0) this.#written = file;
  }

  #changed(directory: DirectoryNode, change: Unplaced, now: bigint): void {
    this.#forgetFound();
    this.#touchDirectory(directory, now);
    this.#record(change);
  }

  #forgetFound(): void {
    this.#last = undefined;
    this.#lastDirectory = undefined;
  }

  #touchDirectory(directory: DirectoryNode, now: bigint): void {
    directory.times.modified = now;
    directory.times.changed = now;
  }

  /** Changes to nodes without a path are not reported. */
  #record(change: Unplaced): void {
    this.#written = undefined;
    if (change.path === undefined) return;
    this.journal.record(change as Change);
    for (const listener of this.#listeners) listener(change as Change);
  }
}

interface Found {
  readonly from: DirectoryNode;
  readonly path: string;
  readonly follow: boolean;
  readonly found: Node | FileRefusal;
}

interface FoundDirectory {
  readonly from: DirectoryNode;
  /** The directory's path, with a slash at its end. */
  readonly prefix: string;
  readonly directory: DirectoryNode;
}

/** A change to a node that may no longer have a path. */
type Unplaced =
  | { readonly type: Exclude<Change["type"], "renamed">; readonly path: string | undefined }
  | { readonly type: "renamed"; readonly path: string; readonly to: string };

/** A move to a place without a path is a removal, and one from such a place a creation. */
function toRenamed(path: string | undefined, to: string | undefined): Unplaced {
  if (to === undefined) return { type: "removed", path };
  return path === undefined ? { type: "created", path: to } : { type: "renamed", path, to };
}

function toRefusal(outcome: Node | FileRefusal): FileRefusal | undefined {
  return typeof outcome === "string" ? outcome : undefined;
}

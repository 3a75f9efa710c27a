/** Records of `wasi:filesystem/types`, as components pass them, and conversions from the types of `vfs`. */
import type { FileRefusal } from "#base";
import { encodeText } from "#base";
import type { DirectoryNode, Node } from "#vfs";
import { refuse } from "./trap.ts";

export type DescriptorType = "directory" | "regular-file" | "symbolic-link";

export interface DescriptorFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly fileIntegritySync?: boolean;
  readonly dataIntegritySync?: boolean;
  readonly requestedWriteSync?: boolean;
  readonly mutateDirectory?: boolean;
}

export interface PathFlags {
  readonly symlinkFollow?: boolean;
}

export interface OpenFlags {
  readonly create?: boolean;
  readonly directory?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
}

export interface Datetime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

export type NewTimestamp =
  | { readonly tag: "no-change" }
  | { readonly tag: "now" }
  | { readonly tag: "timestamp"; readonly val: Datetime };

export interface DescriptorStat {
  readonly type: DescriptorType;
  readonly linkCount: bigint;
  readonly size: bigint;
  readonly dataAccessTimestamp?: Datetime | undefined;
  readonly dataModificationTimestamp?: Datetime | undefined;
  readonly statusChangeTimestamp?: Datetime | undefined;
}

export interface MetadataHash {
  readonly lower: bigint;
  readonly upper: bigint;
}

export interface DirectoryEntry {
  readonly type: DescriptorType;
  readonly name: string;
}

const TYPES = { directory: "directory", file: "regular-file", link: "symbolic-link" } as const;
const NANOS = 1_000_000_000n;

export function toDescriptorType(type: Node["type"]): DescriptorType {
  return TYPES[type];
}

export function toStat(node: Node): DescriptorStat {
  const { accessed, modified, changed } = node.times;
  // Times are mostly equal, and dividing one costs as much as everything else here.
  const accessTime = toDatetime(accessed);
  const modificationTime = modified === accessed ? accessTime : toDatetime(modified);
  return {
    type: toDescriptorType(node.type),
    linkCount: BigInt(node.links),
    size: BigInt(sizeOf(node)),
    dataAccessTimestamp: accessTime,
    dataModificationTimestamp: modificationTime,
    statusChangeTimestamp: changed === modified ? modificationTime : toDatetime(changed),
  };
}

/** The same for all names of a node, and different for each node of a cell. */
export function toMetadataHash({ ino, volume }: Node): MetadataHash {
  return { lower: ino, upper: volume.id };
}

/** The new time of a node, in nanoseconds since 1970, given its present one. */
export function toTime(
  timestamp: NewTimestamp,
  before: bigint | undefined,
  now: bigint,
): bigint | undefined {
  if (timestamp.tag === "no-change") return before;
  if (timestamp.tag === "now") return now;
  const { seconds, nanoseconds } = timestamp.val;
  return seconds * NANOS + BigInt(nanoseconds);
}

/** Returns the value of an outcome, or throws its refusal at the guest. */
export function settle<T extends object | number | undefined>(outcome: T | FileRefusal): T {
  return typeof outcome === "string" ? refuse(outcome) : outcome;
}

export function requireDirectory(node: Node): DirectoryNode {
  return node.type === "directory" ? node : refuse("not-directory");
}

function sizeOf(node: Node): number {
  if (node.type === "file") return node.content.sizeBytes;
  return node.type === "link" ? encodeText(node.target).length : 0;
}

function toDatetime(nanos: bigint | undefined): Datetime | undefined {
  if (nanos === undefined) return undefined;
  return { seconds: nanos / NANOS, nanoseconds: Number(nanos % NANOS) };
}

/** Files of a cell over trees that answer at once, as for a thread that blocks, or by promises. */
import { encodeText, Exception } from "#base";
import type { EventualTree, Mount, TreeEntry } from "#base";
import { expect } from "vitest";
import { Files } from "./files.ts";
import type { FilesOptions } from "./files.ts";
import type { FileNode, Node } from "./node.ts";

export const TREE_KINDS = ["at once", "by promises"] as const;
export type TreeKind = (typeof TREE_KINDS)[number];

export const BIG: string = "0123456789abcdef".repeat(20_000);
const IMAGE: Record<string, TreeEntry> = {
  bin: { type: "directory" },
  "bin/main": { type: "file", sizeBytes: 4, modifiedNs: 1_700_000_000_000_000_005n },
};
const DATA: Record<string, TreeEntry> = {
  big: { type: "file", sizeBytes: BIG.length },
  tiny: { type: "file", sizeBytes: 1 },
  lost: { type: "file", sizeBytes: BIG.length },
  deep: { type: "directory" },
  "deep/one": { type: "file", sizeBytes: 3 },
  "deep/two": { type: "file", sizeBytes: 3 },
  link: { type: "link", target: "deep/one" },
  dir: { type: "link", target: "deep" },
};

/** A tree whose files, except `lost`, are prefixes of the big text; records the ranges that were read. */
function createTree(
  entries: Record<string, TreeEntry>,
  kind: TreeKind,
  ranges: string[] = [],
): EventualTree {
  const read = (path: string, offset: number, lengthBytes: number): Uint8Array => {
    ranges.push(`${path} ${offset}+${lengthBytes}`);
    if (path === "lost") throw new Exception("failed", "No peer has the block");
    return encodeText(BIG.slice(offset, offset + lengthBytes));
  };
  return {
    entries: new Map(Object.entries(entries)),
    read:
      kind === "at once"
        ? read
        : async (path, offset, lengthBytes) => read(path, offset, lengthBytes),
  };
}

/** The value, awaited; if the tree answers at once, it must not be a promise. */
export async function settle<T>(kind: TreeKind, value: T | Promise<T>): Promise<T> {
  if (kind === "at once") expect(value).not.toBeInstanceOf(Promise);
  return await value;
}

export interface Opened {
  readonly files: Files;
  readonly ranges: string[];
  /** The node at a path. */
  at(path: string): Node;
  file(path: string): FileNode;
  names(path: string): string[];
  /** A new file. */
  create(path: string): FileNode;
}

export const NEW = {
  follow: true,
  create: true,
  exclusive: false,
  directory: false,
  truncate: false,
  write: true,
  mutate: false,
};

export interface OpenOptions extends Partial<Omit<FilesOptions, "tree" | "mounts" | "nowNs">> {
  readonly kind?: TreeKind;
  /** Where the tree of data is mounted; `data` by default. */
  readonly path?: string;
}

export function openFiles({ kind = "at once", path = "data", ...rest }: OpenOptions = {}): Opened {
  const ranges: string[] = [];
  const mounts: Mount<EventualTree>[] = [{ path, tree: createTree(DATA, kind, ranges) }];
  let clock = 1000n;
  const files = new Files({ ...rest, tree: createTree(IMAGE, kind), mounts, nowNs: () => clock++ });
  const at = (path: string): Node => {
    const node = files.find(files.root, path, false);
    if (typeof node === "string") throw new Error(`${path}: ${node}`);
    return node;
  };
  return {
    files,
    ranges,
    at,
    file: (path) => toFile(path, at(path)),
    names(path) {
      const node = at(path);
      return node.type === "directory" ? [...files.names(node)] : [];
    },
    create: (path) => toFile(path, files.open(files.root, path, NEW)),
  };
}

function toFile(path: string, node: Node | string): FileNode {
  if (typeof node === "object" && node.type === "file") return node;
  throw new Error(`${path} is a ${typeof node === "string" ? node : node.type}`);
}

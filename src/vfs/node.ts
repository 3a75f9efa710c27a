/** Files, directories and links as a cell has them: one object each, however many names it has. */
import type { EventualTree, TreeEntry } from "#base";
import { FileContent } from "./file-content.ts";
import type { Pager } from "./pager.ts";
import type { Quota } from "./quota.ts";

/** Part of the tree that came from one place. */
export interface Volume {
  readonly id: bigint;
  /** 0 for the image, then the mounts in their order; `undefined` for the cell's own `tmp`. */
  readonly number: number | undefined;
  readonly tree: EventualTree;
  readonly writable: boolean;
  readonly quota: Quota;
  readonly pager: Pager;
  /** Names in a directory of the tree. */
  readonly listBase: (directory: string) => readonly string[];
  readonly nextIno: () => bigint;
}

/** Nanoseconds since 1970; `undefined` where nobody knows, as for most of what is in an image. */
export interface NodeTimes {
  accessed?: bigint | undefined;
  modified?: bigint | undefined;
  changed?: bigint | undefined;
}

/** A directory, and a name in it. */
interface Home {
  readonly directory: DirectoryNode;
  readonly name: string;
}

interface Common {
  readonly volume: Volume;
  /** No two nodes of a cell have the same. */
  readonly ino: bigint;
  readonly times: NodeTimes;
  /** How many names it has. */
  links: number;
  /** How many descriptors and streams hold it. */
  holders: number;
  /** Whether the quota counts it. */
  readonly counted: boolean;
  /** Where it is, the latest last; nowhere for the root and what was removed. */
  readonly homes: Home[];
}

export interface FileNode extends Common {
  readonly type: "file";
  readonly content: FileContent;
}

export interface LinkNode extends Common {
  readonly type: "link";
  readonly target: string;
  /** Its path in the volume's tree; `undefined` for a new one. */
  readonly basePath: string | undefined;
}

export interface DirectoryNode extends Common {
  readonly type: "directory";
  /** Its path in the volume's tree; `undefined` for a new one, below which the tree has nothing. */
  readonly basePath: string | undefined;
  /** What stands above the tree: nodes that were looked at, made or moved here, and holes where names were removed. */
  readonly overlay: Map<string, Node | undefined>;
  /** Another volume begins here, so neither it nor its name can be taken away. */
  readonly mounted: boolean;
}

export type Node = FileNode | LinkNode | DirectoryNode;

/** What a node is made of; its names come later. */
type NodeContent =
  | { readonly type: "file"; readonly content: FileContent }
  | { readonly type: "link"; readonly target: string; readonly basePath: string | undefined }
  | {
      readonly type: "directory";
      readonly basePath: string | undefined;
      readonly mounted: boolean;
    };

/** A node without a name. */
export function createNode(
  volume: Volume,
  content: NodeContent,
  options: {
    readonly nowNs?: bigint;
    /** Where it is known and not now. */
    readonly modifiedNs?: bigint | undefined;
    readonly counted?: boolean;
  } = {},
): Node {
  const { nowNs, modifiedNs = nowNs, counted = false } = options;
  const common = {
    volume,
    ino: volume.nextIno(),
    times: { accessed: nowNs, modified: modifiedNs, changed: nowNs },
    links: 0,
    holders: 0,
    counted,
    homes: [],
  };
  return content.type === "directory"
    ? { ...common, ...content, overlay: new Map() }
    : { ...common, ...content };
}

/** What stands under a name: above the tree, or in it. */
export function lookUp(directory: DirectoryNode, name: string): Node | undefined {
  const { overlay, basePath, volume } = directory;
  if (overlay.has(name)) return overlay.get(name);
  if (basePath === undefined) return undefined;
  const path = joinPath(basePath, name);
  const entry = volume.tree.entries.get(path);
  if (entry === undefined) return undefined;
  const { modifiedNs } = entry;
  const node = createNode(volume, toContent(volume, path, entry), { modifiedNs });
  enter(directory, name, node);
  return node;
}

function toContent(volume: Volume, path: string, entry: TreeEntry): NodeContent {
  if (entry.type === "link") return { type: "link", target: entry.target, basePath: path };
  if (entry.type === "directory") return { type: "directory", basePath: path, mounted: false };
  const { tree, pager } = volume;
  const { sizeBytes } = entry;
  return { type: "file", content: new FileContent(pager, { tree, path, sizeBytes }) };
}

/** Gives a node a name. What had the name before is the caller's to have removed. */
export function enter(directory: DirectoryNode, name: string, node: Node): void {
  directory.overlay.set(name, node);
  node.links++;
  node.homes.push({ directory, name });
}

/** Takes a name away, and frees the node when that was its last and nobody holds it. */
export function leave(directory: DirectoryNode, name: string, node: Node): void {
  if (directory.basePath === undefined) directory.overlay.delete(name);
  else directory.overlay.set(name, undefined);
  node.links--;
  const at = node.homes.findLastIndex((home) => home.directory === directory && home.name === name);
  node.homes.splice(at, 1);
  freeUnused(node);
}

export function freeUnused(node: Node): void {
  if (node.links > 0 || node.holders > 0) return;
  if (node.type === "file") node.content.resize(0);
  if (node.counted) node.volume.quota.takeNodes(-1);
}

/** Names in a directory, sorted by code unit. */
export function listNames(directory: DirectoryNode): string[] {
  const { overlay, basePath, volume } = directory;
  const names = basePath === undefined ? [] : [...volume.listBase(basePath)];
  const all = new Set(names);
  for (const [name, node] of overlay) {
    if (node === undefined) all.delete(name);
    else all.add(name);
  }
  return [...all].sort();
}

/** The path of a node by its latest name; `undefined` when it has none any more. */
export function pathOf(node: Node): string | undefined {
  const names: string[] = [];
  let at = node;
  for (let home = at.homes.at(-1); home !== undefined; home = at.homes.at(-1)) {
    names.push(home.name);
    at = home.directory;
  }
  const removed = at.links === 0;
  return removed ? undefined : names.toReversed().join("/");
}

/** The path of a name in a directory. */
export function joinPath(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

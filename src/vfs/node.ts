/** Files, directories and links of a cell: one node each, however many names it has. */
import { decodeText, encodeText } from "#base";
import type { EventualTree, TreeEntry } from "#base";
import { FileContent } from "./file-content.ts";
import type { Pager } from "./pager.ts";
import type { Quota } from "./quota.ts";

/** Bytes of the heap that a node is charged: 600 to 900 were measured in V8. */
const NODE_BYTES = 1000;
/** The same for a name: its entry in the overlay and in the node's list of names. */
const NAME_BYTES = 300;
/** Engines make substrings of this length and more as slices, which keep the whole string alive. */
const SLICE_LETTERS = 13;
/** The longest path that is reported: images have names, and so paths, beyond the limits of programs. */
const PATH_LETTERS = 16 * 1024;
/** The most names in a reported path; collecting more of them would slow down each change. */
const PATH_LEVELS = 1024;
/** Engines store some strings with two bytes for each character. */
const LETTER_BYTES = 2;

/** Part of the tree that comes from one source: the image, a mount or `tmp`. */
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

/** Nanoseconds since 1970; `undefined` if unknown, as for most entries of images. */
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
  /** Unique among the nodes of a cell. */
  readonly ino: bigint;
  readonly times: NodeTimes;
  /** Number of names. */
  links: number;
  /** Number of descriptors and streams that hold it. */
  holders: number;
  /** Whether it counts towards the quota's limit on nodes. */
  readonly counted: boolean;
  /** Bytes of memory charged to the quota for it. */
  readonly memoryBytes: number;
  /** Its places in the tree, the latest last; none for the root and for removed nodes. */
  readonly homes: Home[];
}

export interface FileNode extends Common {
  readonly type: "file";
  readonly content: FileContent;
  /** Notes on the file, by name; for hosts only. */
  metadata?: ReadonlyMap<string, string> | undefined;
}

export interface LinkNode extends Common {
  readonly type: "link";
  readonly target: string;
  /** Its path in the volume's tree; `undefined` for a link that the cell made. */
  readonly basePath: string | undefined;
}

export interface DirectoryNode extends Common {
  readonly type: "directory";
  /** Its path in the volume's tree; `undefined` for a directory that the tree does not have. */
  readonly basePath: string | undefined;
  /** The overlay: nodes that were looked up, created or moved here, and whiteouts for removed names. */
  readonly overlay: Map<string, Node | undefined>;
  /** A mount point, or a directory made to hold one: it can be neither removed nor renamed. */
  readonly mounted: boolean;
}

export type Node = FileNode | LinkNode | DirectoryNode;

/** What a node is created with; it gets its names later. */
type NodeContent =
  | { readonly type: "file"; readonly content: FileContent }
  | { readonly type: "link"; readonly target: string; readonly basePath: string | undefined }
  | {
      readonly type: "directory";
      readonly basePath: string | undefined;
      readonly mounted: boolean;
    };

/** A node without a name, not charged to the quota. */
export function createNode(volume: Volume, content: NodeContent, nowNs?: bigint): Node {
  return makeNode(volume, content, { nowNs, counted: false, memoryBytes: 0 });
}

/** A new node without a name, charged to the quota; `undefined` when the quota has no room for it. */
export function createCounted(
  volume: Volume,
  content: NodeContent,
  nowNs: bigint,
): Node | undefined {
  const { quota } = volume;
  const memoryBytes =
    NODE_BYTES + (content.type === "link" ? content.target.length * LETTER_BYTES : 0);
  if (!quota.takeMemory(memoryBytes)) return undefined;
  if (!quota.takeNodes(1)) {
    quota.takeMemory(-memoryBytes);
    return undefined;
  }
  return makeNode(volume, content, { nowNs, counted: true, memoryBytes });
}

function makeNode(
  volume: Volume,
  content: NodeContent,
  {
    nowNs,
    modifiedNs = nowNs,
    counted,
    memoryBytes,
  }: Pick<Node, "counted" | "memoryBytes"> & {
    readonly nowNs: bigint | undefined;
    /** If it is known and differs from `nowNs`. */
    readonly modifiedNs?: bigint | undefined;
  },
): Node {
  const node = {
    ...content,
    volume,
    ino: volume.nextIno(),
    times: { accessed: nowNs, modified: modifiedNs, changed: nowNs },
    links: 0,
    holders: 0,
    counted,
    memoryBytes,
    homes: [],
  };
  return node.type === "directory" ? { ...node, overlay: new Map() } : node;
}

/** The node with a name, created on first lookup of an entry of the tree; a refusal when there is no memory for that. */
export function lookUp(
  directory: DirectoryNode,
  name: string,
): Node | "insufficient-memory" | undefined {
  const { overlay, volume } = directory;
  const { quota } = volume;
  const known = overlay.get(name);
  if (known !== undefined || overlay.has(name)) return known;
  const path = basePathOf(directory, name);
  const entry = path === undefined ? undefined : volume.tree.entries.get(path);
  if (path === undefined || entry === undefined) return undefined;
  if (!quota.takeMemory(NODE_BYTES)) return "insufficient-memory";
  const content = toContent(volume, path, entry);
  const { modifiedNs } = entry;
  const options = { nowNs: undefined, modifiedNs, counted: false, memoryBytes: NODE_BYTES };
  const node = makeNode(volume, content, options);
  if (enter(directory, name, node)) return node;
  quota.takeMemory(-NODE_BYTES);
  return "insufficient-memory";
}

/** Type of the entry with a name, without creating a node. */
export function typeOf(directory: DirectoryNode, name: string): Node["type"] | undefined {
  const { overlay, volume } = directory;
  if (overlay.has(name)) return overlay.get(name)?.type;
  const path = basePathOf(directory, name);
  return path === undefined ? undefined : volume.tree.entries.get(path)?.type;
}

function basePathOf({ basePath }: DirectoryNode, name: string): string | undefined {
  return basePath === undefined ? undefined : joinPath(basePath, name);
}

function toContent(volume: Volume, path: string, entry: TreeEntry): NodeContent {
  if (entry.type === "link") return { type: "link", target: entry.target, basePath: path };
  if (entry.type === "directory") return { type: "directory", basePath: path, mounted: false };
  const { tree, pager } = volume;
  const { sizeBytes } = entry;
  return { type: "file", content: new FileContent(pager, { tree, path, sizeBytes }) };
}

/**
 * Gives a node a name; returns false, with nothing done, when the quota has no room for it. The caller must have removed
 * the node that had the name.
 */
export function enter(directory: DirectoryNode, name: string, node: Node): boolean {
  const { overlay, volume } = directory;
  // A whiteout is a name that was charged before.
  if (!overlay.has(name) && !volume.quota.takeMemory(nameBytes(name))) return false;
  // A name sliced from a path would keep the whole path on the heap, unless it is short: V8 copies short ones.
  const own = name.length < SLICE_LETTERS ? name : decodeText(encodeText(name));
  overlay.set(own, node);
  node.links++;
  node.homes.push({ directory, name: own });
  return true;
}

/** Removes a name, and frees the node if it has no other name and nothing holds it. */
export function leave(directory: DirectoryNode, name: string, node: Node): void {
  const { overlay, volume } = directory;
  const path = basePathOf(directory, name);
  // Only a name that the tree has needs a whiteout: temporary names leave nothing behind.
  if (path !== undefined && volume.tree.entries.has(path)) {
    overlay.set(name, undefined);
  } else {
    overlay.delete(name);
    volume.quota.takeMemory(-nameBytes(name));
  }
  node.links--;
  const at = node.homes.findLastIndex((home) => home.directory === directory && home.name === name);
  node.homes.splice(at, 1);
  freeUnused(node);
}

export function freeUnused(node: Node): void {
  if (node.links > 0 || node.holders > 0) return;
  const { quota } = node.volume;
  if (node.type === "file") {
    node.content.resize(0);
    quota.takeMemory(-metadataBytes(node.metadata));
    node.metadata = undefined;
  }
  if (node.type === "directory") {
    // Only whiteouts are left in it.
    for (const name of node.overlay.keys()) quota.takeMemory(-nameBytes(name));
    node.overlay.clear();
  }
  if (node.counted) quota.takeNodes(-1);
  quota.takeMemory(-node.memoryBytes);
}

/** Bytes of the heap that metadata is charged. */
export function metadataBytes(metadata: FileNode["metadata"]): number {
  let bytes = 0;
  for (const texts of metadata ?? []) {
    for (const text of texts) bytes += NAME_BYTES + text.length * LETTER_BYTES;
  }
  return bytes;
}

function nameBytes(name: string): number {
  return NAME_BYTES + name.length * LETTER_BYTES;
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

/**
 * The path of a node by its latest name; `undefined` when it has none any more, or one too long to be reported: programs
 * that descend by one name at a time make paths as long as they like.
 */
export function pathOf(node: Node): string | undefined {
  let letters = 0;
  let levels = 0;
  let at = node;
  // Finds most paths that are too long before any string is built.
  for (let home = at.homes.at(-1); home !== undefined; home = at.homes.at(-1)) {
    letters += home.name.length + 1;
    if (letters > PATH_LETTERS || ++levels > PATH_LEVELS) return undefined;
    at = home.directory;
  }
  const removed = at.links === 0;
  if (removed) return undefined;
  const names: string[] = [];
  at = node;
  for (let home = at.homes.at(-1); home !== undefined; home = at.homes.at(-1)) {
    names.push(home.name);
    at = home.directory;
  }
  return names.length < 2 ? (names[0] ?? "") : names.toReversed().join("/");
}

/** The path of a name in a directory. */
export function joinPath(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

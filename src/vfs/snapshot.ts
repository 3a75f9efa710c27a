/** Takes a snapshot of a cell's files; visits only nodes that the cell has looked up or changed. */
import { after, Exception } from "#base";
import type { Snapshot, SnapshotEntry } from "#base";
import type { FileContent } from "./file-content.ts";
import type { Files } from "./files.ts";
import { joinPath, listNames } from "./node.ts";
import type { DirectoryNode, Node } from "./node.ts";

/** The longest path that can be opened; also bounds the depth of the traversal. */
const PATH_LIMIT = 4096;

interface Found {
  readonly path: string;
  readonly entry: SnapshotEntry;
  readonly node: Node | undefined;
}

/**
 * The whole tree that the cell sees, with its changes and without its own `tmp`.
 *
 * Contents are read later, and must not be changed until then.
 *
 * @throws {Exception} `failed` when a path is too long.
 */
export function takeSnapshot(files: Files): Snapshot {
  const below: Found[] = [];
  const root = describe(files.root, "", below);
  const entries = new Map<string, SnapshotEntry>();
  const contents = new Map<string, { readonly content: FileContent; readonly version: number }>();
  for (const { path, entry, node } of [root, ...below]) {
    entries.set(path, entry);
    if (entry.type !== "file" || node?.type !== "file") continue;
    contents.set(path, { content: node.content, version: node.content.version });
  }
  return {
    entries,
    read(path, offset, lengthBytes, options) {
      const found = contents.get(path);
      if (found === undefined) {
        throw new Exception("failed", `Cannot read "${path}": a snapshot has no such file`);
      }
      const { content, version } = found;
      const requireSame = (): void => {
        if (content.version === version) return;
        throw new Exception("failed", `Cannot read "${path}": it was changed since the snapshot`);
      };
      requireSame();
      return after(content.read(offset, lengthBytes, options), (bytes) => {
        requireSame();
        return bytes;
      });
    },
  };
}

/** Describes a node, and adds its descendants to `below` unless the whole subtree is unchanged. */
function describe(node: Node, path: string, below: Found[]): Found {
  if (path.length > PATH_LIMIT) {
    const start = path.slice(0, 40);
    throw new Exception("failed", `Cannot take a snapshot: the path "${start}…" is too long`);
  }
  if (node.type === "directory") return describeDirectory(node, path, below);
  const basePath = node.type === "file" ? node.content.basePath : node.basePath;
  if (basePath !== undefined) return { path, entry: keep(node, basePath), node };
  const entry: SnapshotEntry =
    node.type === "file"
      ? { type: "file", sizeBytes: node.content.sizeBytes }
      : { type: "link", target: node.target };
  return { path, entry, node };
}

function describeDirectory(node: DirectoryNode, path: string, below: Found[]): Found {
  const { basePath, overlay, volume } = node;
  const before = below.length;
  let same = basePath !== undefined;
  for (const name of listNames(node)) {
    const child = overlay.get(name);
    const childBase = basePath === undefined ? undefined : joinPath(basePath, name);
    const atBase = childBase === undefined ? undefined : volume.tree.entries.get(childBase);
    const childPath = joinPath(path, name);
    if (child === undefined || isOwnTmp(child)) {
      if (childBase === undefined || atBase === undefined) continue;
      below.push({ path: childPath, entry: keep(node, childBase), node: undefined });
    } else {
      const found = describe(child, childPath, below);
      below.push(found);
      const { entry } = found;
      const kept = entry.type === "kept" && entry.volume === volume.number;
      same &&= kept && entry.path === childBase;
    }
  }
  for (const [name, child] of overlay) {
    if (child !== undefined || basePath === undefined) continue;
    same &&= !volume.tree.entries.has(joinPath(basePath, name));
  }
  if (!same || basePath === undefined) return { path, entry: { type: "directory" }, node };
  below.length = before;
  return { path, entry: keep(node, basePath), node };
}

function isOwnTmp({ volume }: Node): boolean {
  return volume.number === undefined;
}

function keep({ volume }: Node, path: string): SnapshotEntry {
  return { type: "kept", volume: volume.number ?? 0, path };
}

/** Makes an image from a snapshot; stores only new blocks. */
import { Exception, indexChildren } from "#base";
import type { Snapshot, Waiting } from "#base";
import type { CID } from "multiformats/cid";
import { importTree } from "./import-tree.ts";
import type { ImportedEntry, WritableBlockstore } from "./import-tree.ts";
import type { LinkedTree } from "./layer.ts";

const PIECE_BYTES = 256 * 1024;
/** Limit on the image's size: holes take no memory in a cell, but are stored in full. */
const LIMIT_BYTES = 4 * 1024 ** 3;

/**
 * Stores the blocks that the volumes lack. @returns the root, whose CID is that of `importTree` for the same files if the
 * volumes are laid out as `importTree` does
 *
 * Unchanged entries keep their CID and are not read, so the image needs the volumes' blocks.
 *
 * @param volumes the image, then the mounts in their order
 * @throws {Exception} `failed` when the snapshot does not fit the volumes, is too large, or cannot be read.
 */
export async function importSnapshot(
  snapshot: Snapshot,
  volumes: readonly LinkedTree[],
  blockstore: WritableBlockstore,
  options: Waiting = {},
): Promise<CID> {
  const root = snapshot.entries.get("");
  if (root?.type === "kept") {
    const link = volumes[root.volume]?.linkOf(root.path);
    if (link !== undefined) return link.cid;
  }
  let totalBytes = 0;
  for (const entry of snapshot.entries.values()) {
    if (entry.type === "file") totalBytes += entry.sizeBytes;
  }
  if (!(totalBytes <= LIMIT_BYTES)) {
    const state = `its files have ${totalBytes} bytes, and ${LIMIT_BYTES} is the limit`;
    throw new Exception("failed", `Cannot store a snapshot: ${state}`);
  }
  return importTree(toImported(snapshot, volumes, options), blockstore, options);
}

function* toImported(
  snapshot: Snapshot,
  volumes: readonly LinkedTree[],
  options: Waiting,
): Generator<ImportedEntry> {
  const children = volumes.map(({ entries }) => indexChildren(entries));
  for (const [path, entry] of snapshot.entries) {
    if (entry.type === "kept") {
      const tree = volumes[entry.volume];
      const names = children[entry.volume];
      if (tree === undefined || names === undefined) throw misfit(path);
      yield* listKept(tree, names, entry.path, path);
    } else if (entry.type === "file") {
      yield { type: "file", path, content: readFile(snapshot, path, entry.sizeBytes, options) };
    } else if (path !== "") {
      yield { path, ...entry };
    }
  }
}

/** The stored entry at `from`; where several layers merge, its descendants instead. */
function* listKept(
  tree: LinkedTree,
  children: ReadonlyMap<string, readonly string[]>,
  from: string,
  path: string,
): Generator<ImportedEntry> {
  const link = tree.linkOf(from);
  if (link !== undefined) {
    yield { type: "stored", path, link };
    return;
  }
  if (tree.entries.get(from)?.type !== "directory") throw misfit(path);
  if (path !== "") yield { type: "directory", path };
  for (const name of children.get(from) ?? []) {
    yield* listKept(tree, children, join(from, name), join(path, name));
  }
}

/** Reads only when iterated. */
async function* readFile(
  snapshot: Snapshot,
  path: string,
  sizeBytes: number,
  options: Waiting,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < sizeBytes;) {
    options.signal?.throwIfAborted();
    const length = Math.min(PIECE_BYTES, sizeBytes - at);
    const bytes = await snapshot.read(path, at, length, options);
    if (bytes.length !== length) throw misfit(path);
    yield bytes;
    at += length;
  }
}

function join(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

function misfit(path: string): Exception {
  return new Exception("failed", `Cannot store a snapshot: "${path}" is not as its entry says`);
}

/** Imports files as an image: UnixFS blocks and the CID of their root. */
import type { Waiting } from "#base";
import type { ImportCandidate, ImporterOptions, WritableStorage } from "ipfs-unixfs-importer";
import type { CID } from "multiformats/cid";
import type { TreeLink } from "./layer.ts";

/** An entry of the imported tree. Parents may be omitted. */
export type ImportedEntry = { readonly path: string } & (
  | { readonly type: "file"; readonly content: Uint8Array | AsyncIterable<Uint8Array> }
  | { readonly type: "directory" }
  | { readonly type: "link"; readonly target: string }
  /** A DAG that is stored already. */
  | { readonly type: "stored"; readonly link: TreeLink }
);

/** The part of the IPFS libraries' blockstore interface that is used for writing. */
export interface WritableBlockstore {
  put(cid: CID, bytes: Uint8Array): CID | Promise<CID>;
}

/**
 * Stores the tree and returns the CID of its root directory, the same that `ipfs add --cid-version=1 -r` gives for the
 * same folder.
 *
 * The order of entries does not matter; times and modes do not enter the CID. Empty directories are kept.
 *
 * @throws {TypeError} when a path is malformed, occurs twice, or leads through a non-directory.
 */
export async function importTree(
  entries: Iterable<ImportedEntry> | AsyncIterable<ImportedEntry>,
  blockstore: WritableBlockstore,
  { signal }: Waiting = {},
): Promise<CID> {
  const root: Directory = new Map();
  const named = new Set<string>();
  for await (const entry of entries) {
    const { path } = entry;
    if (!isTreePath(path)) throw new TypeError(`Not a path of a tree: "${path}"`);
    if (named.has(path)) throw new TypeError(`Path occurs twice: "${path}"`);
    named.add(path);
    place(root, entry);
  }
  const store = {
    put: async (cid: CID, bytes: Uint8Array) => {
      signal?.throwIfAborted();
      return blockstore.put(cid, bytes);
    },
  };
  return (await importDirectory(root, store)).cid;
}

type Leaf = Exclude<ImportedEntry, { type: "directory" }>;

/** A directory's entries, by name. */
type Directory = Map<string, Leaf | Directory>;

function place(root: Directory, entry: ImportedEntry): void {
  const names = entry.path.split("/");
  const last = entry.type === "directory" ? "" : (names.pop() ?? "");
  let directory = root;
  for (const name of names) {
    const next: Leaf | Directory = directory.get(name) ?? new Map<string, Leaf | Directory>();
    if (!(next instanceof Map)) throw notDirectory(entry.path);
    directory.set(name, next);
    directory = next;
  }
  if (entry.type === "directory") return;
  if (directory.has(last)) throw notDirectory(entry.path);
  directory.set(last, entry);
}

/**
 * Imports bottom-up, one directory at a time, with single names: the importer treats a backslash before a slash as
 * part of the name.
 */
async function importDirectory(directory: Directory, store: WritableStorage): Promise<TreeLink> {
  const stored = new Map<string, TreeLink>();
  const candidates: ImportCandidate[] = [];
  for (const [name, entry] of [...directory].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (entry instanceof Map) stored.set(name, await importDirectory(entry, store));
    else if (entry.type === "stored") stored.set(name, entry.link);
    candidates.push(toCandidate(name, entry));
  }
  // Only what stores a tree needs it.
  const { importer } = await import("ipfs-unixfs-importer");
  let root: TreeLink | undefined;
  // UnixFS profile `unixfs-v0-2015` with CIDv1 and raw leaves.
  const results = importer(candidates, store, {
    profile: "unixfs-v0-2015",
    cidVersion: 1,
    rawLeaves: true,
    wrapWithDirectory: true,
    dirBuilder: createDirectoryBuilder(stored),
  });
  for await (const { cid, size } of results) root = { cid, totalBytes: Number(size) };
  if (root === undefined) throw new TypeError("Importer returned no root");
  return root;
}

function toCandidate(path: string, entry: Leaf | Directory): ImportCandidate {
  if (entry instanceof Map || entry.type === "stored") return { path };
  return entry.type === "file" ? { path, content: entry.content } : { path, link: entry.target };
}

/** Passes stored DAGs to the importer as directories. */
function createDirectoryBuilder(
  stored: ReadonlyMap<string, TreeLink>,
): NonNullable<ImporterOptions["dirBuilder"]> {
  return async ({ path = "" }) => {
    const link = stored.get(path);
    if (link === undefined) throw new TypeError(`Importer made an unknown directory: "${path}"`);
    return { cid: link.cid, size: BigInt(link.totalBytes), path, originalPath: path };
  };
}

function isTreePath(path: string): boolean {
  return path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
}

function notDirectory(path: string): TypeError {
  return new TypeError(`Path leads through something that is not a directory: "${path}"`);
}

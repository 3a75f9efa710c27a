/** From files to an image: UnixFS blocks and the CID of their root. */
import type { Waiting } from "#base";
import { importer } from "ipfs-unixfs-importer";
import type { ImportCandidate } from "ipfs-unixfs-importer";
import type { CID } from "multiformats/cid";

/** What stands at a path of the tree that is imported. Parents need not be named. */
export type ImportedEntry = { readonly path: string } & (
  | { readonly type: "file"; readonly content: Uint8Array | AsyncIterable<Uint8Array> }
  | { readonly type: "directory" }
  | { readonly type: "link"; readonly target: string }
);

/** The writing half of a blockstore of the IPFS libraries, as far as it is used here. */
export interface WritableBlockstore {
  put(cid: CID, bytes: Uint8Array): CID | Promise<CID>;
}

/**
 * Stores the tree and gives its root, a directory: the CID that `ipfs add --cid-version=1 -r` gives for the same folder.
 *
 * The order of entries does not matter, and neither times nor modes enter the CID. Empty directories are kept.
 *
 * @throws {TypeError} when a path is no tree path, or occurs twice.
 */
export async function importTree(
  entries: Iterable<ImportedEntry> | AsyncIterable<ImportedEntry>,
  blockstore: WritableBlockstore,
  { signal }: Waiting = {},
): Promise<CID> {
  const candidates = new Map<string, ImportCandidate>();
  for await (const entry of entries) {
    if (!isTreePath(entry.path)) throw new TypeError(`Not a path of a tree: "${entry.path}"`);
    if (candidates.has(entry.path)) throw new TypeError(`Path occurs twice: "${entry.path}"`);
    candidates.set(entry.path, toCandidate(entry));
  }
  const sorted = [...candidates.keys()].sort().flatMap((path) => candidates.get(path) ?? []);
  const store = {
    put: async (cid: CID, bytes: Uint8Array) => {
      signal?.throwIfAborted();
      return blockstore.put(cid, bytes);
    },
  };
  let root: CID | undefined;
  // The profile of the contract, section 4.
  const results = importer(sorted, store, {
    profile: "unixfs-v0-2015",
    cidVersion: 1,
    rawLeaves: true,
    wrapWithDirectory: true,
  });
  for await (const { cid } of results) root = cid;
  if (root === undefined) throw new TypeError("Importer gave no root");
  return root;
}

function toCandidate(entry: ImportedEntry): ImportCandidate {
  const { path } = entry;
  if (entry.type === "file") return { path, content: entry.content };
  return entry.type === "link" ? { path, link: entry.target } : { path };
}

function isTreePath(path: string): boolean {
  return path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
}

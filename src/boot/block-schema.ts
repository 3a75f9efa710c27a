/** The object stores of the block database. */
import type { DBSchema, IDBPDatabase, IDBPTransaction } from "idb";

export interface BlockSchema extends DBSchema {
  /** Large blocks, and small ones that were stored in small numbers, by multihash. */
  blocks: { key: string; value: Uint8Array };
  /** Packs: small blocks, concatenated, hundreds to a record. */
  packs: { key: number; value: Uint8Array };
  /** The index of each pack, under the pack's key. */
  packIndexes: { key: number; value: PackIndex };
  /** When each layer was last used, in milliseconds since 1970, by CID. */
  layers: { key: string; value: number };
}

export interface PackIndex {
  /** Multihashes of its blocks, as strings with a character for each byte. */
  readonly digests: readonly string[];
  /** End offset of each block in the pack. */
  readonly ends: readonly number[];
}

export const BLOCKS = "blocks";
export const PACKS = "packs";
export const INDEXES = "packIndexes";
export const LAYERS = "layers";

/** Version 1 was written by a library, and its records are far too large. Version 2 had no layers, version 3 no packs. */
export const VERSION = 4;

export type BlockConnection = IDBPDatabase<BlockSchema>;

export type BlockWriting = IDBPTransaction<
  BlockSchema,
  (typeof BLOCKS | typeof PACKS | typeof INDEXES)[],
  "readwrite"
>;

/** Creates the stores that a database of an earlier version lacks. */
export function upgradeBlocks(opened: BlockConnection, before: number): void {
  if (before < 2) {
    for (const store of opened.objectStoreNames) opened.deleteObjectStore(store);
    opened.createObjectStore(BLOCKS);
  }
  if (before < 3) opened.createObjectStore(LAYERS);
  opened.createObjectStore(PACKS);
  opened.createObjectStore(INDEXES, { autoIncrement: true });
}

/** What the block database has, in all its stores. */
import type { DBSchema, IDBPDatabase, IDBPTransaction } from "idb";

export interface BlockSchema extends DBSchema {
  /** Large blocks, and those that were stored alone. */
  blocks: { key: string; value: Uint8Array };
  /** Small blocks, hundreds to a record. */
  packs: { key: number; value: Uint8Array };
  /** What is in each pack, under its key. */
  packIndexes: { key: number; value: PackIndex };
  /** When a layer was used last, since 1970, by its CID. */
  layers: { key: string; value: number };
}

export interface PackIndex {
  /** Of its blocks: their multihashes, each byte a letter. */
  readonly digests: readonly string[];
  /** Where each block ends. */
  readonly ends: readonly number[];
}

export const BLOCKS = "blocks";
export const PACKS = "packs";
export const INDEXES = "packIndexes";
export const LAYERS = "layers";

/** Version 1 was a library's; its blocks are far too large. Version 2 had no layers, version 3 no packs. */
export const VERSION = 4;

export type BlockConnection = IDBPDatabase<BlockSchema>;

export type BlockWriting = IDBPTransaction<
  BlockSchema,
  (typeof BLOCKS | typeof PACKS | typeof INDEXES)[],
  "readwrite"
>;

/** Makes the stores that a database of an earlier version lacks. */
export function upgradeBlocks(opened: BlockConnection, before: number): void {
  if (before < 2) {
    for (const store of opened.objectStoreNames) opened.deleteObjectStore(store);
    opened.createObjectStore(BLOCKS);
  }
  if (before < 3) opened.createObjectStore(LAYERS);
  opened.createObjectStore(PACKS);
  opened.createObjectStore(INDEXES, { autoIncrement: true });
}

/**
 * Where the tab keeps things. Where the browser refuses storage, as some do in private windows, they are kept in memory:
 * the next visit then begins anew, and nothing else is lost.
 */
import { MemoryBlockstore } from "blockstore-core";
import { MemoryDatastore } from "datastore-core";
import { IDBDatastore } from "datastore-idb";
import { openBlockDatabase } from "./block-database.ts";
import type { BlockDatabase } from "./block-database.ts";

/** Blocks, shared by all tabs of this origin. */
export async function openBlocks(): Promise<BlockDatabase | MemoryBlockstore> {
  try {
    return await openBlockDatabase("blocks");
  } catch {
    return new MemoryBlockstore();
  }
}

/** What the node of this name knows, its identity above all. */
export async function openNodeData(name: string): Promise<IDBDatastore | MemoryDatastore> {
  const kept = new IDBDatastore(name);
  try {
    await kept.open();
    return kept;
  } catch {
    return new MemoryDatastore();
  }
}

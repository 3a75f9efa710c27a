/**
 * The tab's storage. If the browser refuses it, as in some private windows, data stays in memory and is lost at the
 * end of the visit.
 */
import type { MemoryBlockstore } from "blockstore-core";
import type { MemoryDatastore } from "datastore-core";
import type { IDBDatastore } from "datastore-idb";
import { openBlockDatabase } from "./block-database.ts";
import type { BlockDatabase } from "./block-database.ts";

/** Blocks, shared by all tabs of this origin. */
export async function openBlocks(): Promise<BlockDatabase | MemoryBlockstore> {
  try {
    return await openBlockDatabase("blocks");
  } catch {
    const core = await import("blockstore-core");
    return new core.MemoryBlockstore();
  }
}

/** The datastore of a node, which holds its identity. */
export async function openNodeData(name: string): Promise<IDBDatastore | MemoryDatastore> {
  const idb = await import("datastore-idb");
  const kept = new idb.IDBDatastore(name);
  try {
    await kept.open();
    return kept;
  } catch {
    const core = await import("datastore-core");
    return new core.MemoryDatastore();
  }
}

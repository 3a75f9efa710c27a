/**
 * Where the tab keeps things. Where the browser refuses storage, as some do in private windows, they are kept in memory:
 * the next visit then begins anew, and nothing else is lost.
 */
import { MemoryBlockstore } from "blockstore-core";
import { IDBBlockstore } from "blockstore-idb";
import { MemoryDatastore } from "datastore-core";
import { IDBDatastore } from "datastore-idb";

/** Blocks, shared by all tabs of this origin. */
export async function openBlocks(): Promise<IDBBlockstore | MemoryBlockstore> {
  const kept = new IDBBlockstore("blocks");
  return (await opens(kept)) ? kept : new MemoryBlockstore();
}

/** What the node of this name knows, its identity above all. */
export async function openNodeData(name: string): Promise<IDBDatastore | MemoryDatastore> {
  const kept = new IDBDatastore(name);
  return (await opens(kept)) ? kept : new MemoryDatastore();
}

async function opens(store: { open(): Promise<void> }): Promise<boolean> {
  try {
    await store.open();
    return true;
  } catch {
    return false;
  }
}

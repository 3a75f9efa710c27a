/** Makes room in the block store: removes the layer that was used least recently. */
import { createCidSet, createTurns } from "#base";
import type { CID } from "multiformats/cid";
import { readLinks } from "./links.ts";

/** When layers were used last. */
export interface LayerLog {
  touch(root: CID): Promise<void>;
  /** The least recently used first. */
  list(): Promise<readonly CID[]>;
  forget(root: CID): Promise<void>;
}

export interface EvictPowers {
  readonly layers: LayerLog;
  /** A stored block; `undefined` when it is not stored. */
  readonly read: (cid: CID) => Promise<Uint8Array | undefined>;
  readonly remove: (cids: readonly CID[]) => Promise<unknown>;
  /** Layers in use, whether the log has them or not. */
  readonly used: () => readonly CID[];
}

const RAW = 0x55;
const LINKS_PER_TURN = 1024;

/**
 * Removes the blocks of one layer that no other layer has.
 *
 * @returns whether blocks were removed
 */
export async function evictLayer({ layers, read, remove, used }: EvictPowers): Promise<boolean> {
  const all = await layers.list();
  const inUse = used();
  for (const root of all) {
    if (inUse.some((other) => other.equals(root))) continue;
    const kept = createCidSet();
    for (const other of [...all, ...inUse]) {
      if (other === root) continue;
      for await (const cid of walk(other, read)) kept.add(cid);
    }
    const doomed: CID[] = [];
    for await (const cid of walk(root, read)) if (!kept.has(cid)) doomed.push(cid);
    await layers.forget(root);
    await remove(doomed);
    if (doomed.length > 0) return true;
  }
  return false;
}

/** The root and the blocks below it, as far as blocks with links are stored. */
async function* walk(root: CID, read: EvictPowers["read"]): AsyncGenerator<CID> {
  const turns = createTurns(LINKS_PER_TURN);
  const seen = createCidSet();
  const open = [root];
  for (let cid = open.pop(); cid !== undefined; cid = open.pop()) {
    if (!seen.add(cid)) continue;
    yield cid;
    if (cid.code === RAW) continue;
    const block = await read(cid);
    if (block === undefined) continue;
    for (const links of readLinks(cid, block)) {
      await turns(links.length);
      for (const { Hash } of links) open.push(Hash);
    }
  }
}

/** Finds the missing blocks of a DAG. */
import { createCidSet, createTurns } from "#base";
import type { Waiting } from "#base";
import type { CID } from "multiformats/cid";
import type { KeptBlocks } from "./kept-blocks.ts";
import { readLinks } from "./links.ts";

export interface Missing {
  /** The topmost missing blocks, each once; blocks below them are unknown. */
  readonly cids: readonly CID[];
  /** Their total size with everything below, as the links to them state. */
  readonly bytes: number;
  /** Number of blocks that are here. */
  readonly found: number;
  /** Size of the whole DAG, as its root states; `undefined` while the root is missing. */
  readonly totalBytes: number | undefined;
}

/** Concurrent reads: each takes a turn of the store. */
const CONCURRENCY = 64;
/** Takes about 2 ms. */
const LINKS_PER_TURN = 1024;
/** Cost of a block, in links. */
const BLOCK_COST = 16;

/**
 * Walks the stored blocks from the root down.
 *
 * @throws {Exception} `failed` when a block has too many links.
 */
export async function findMissing(
  root: CID,
  kept: KeptBlocks,
  { signal }: Waiting = {},
): Promise<Missing> {
  const turns = createTurns(LINKS_PER_TURN);
  const missing: CID[] = [];
  const seen = createCidSet();
  seen.add(root);
  let bytes = 0;
  let found = 0;
  let totalBytes: number | undefined;

  let next: Wanted[] = [];
  const visit = async ({ cid, sizeBytes }: Wanted): Promise<void> => {
    await turns(BLOCK_COST);
    signal?.throwIfAborted();
    const block = cid.code === RAW ? await kept.has(cid) : await kept.get(cid, { signal });
    if (block === false || block === undefined) {
      missing.push(cid);
      bytes += sizeBytes;
      return;
    }
    found++;
    if (block === true) return;
    let linkedBytes = 0;
    for (const links of readLinks(cid, block)) {
      await turns(links.length);
      signal?.throwIfAborted();
      for (const { Hash, Tsize = 0 } of links) {
        linkedBytes += Tsize;
        if (!seen.add(Hash)) continue;
        if (Hash.code === RAW && kept.isHeld(Hash)) found++;
        else next.push({ cid: Hash, sizeBytes: Tsize });
      }
    }
    if (cid === root) totalBytes = block.length + linkedBytes;
  };

  let level: Wanted[] = [{ cid: root, sizeBytes: 0 }];
  while (level.length > 0) {
    while (level.length > 0) await Promise.all(level.splice(-CONCURRENCY).map(visit));
    level = next;
    next = [];
  }
  return { cids: missing, bytes, found, totalBytes };
}

/** Size of a block and everything below it, as its links state. */
export async function countBytes(cid: CID, block: Uint8Array): Promise<number> {
  const turns = createTurns(LINKS_PER_TURN);
  let bytes = block.length;
  for (const links of readLinks(cid, block)) {
    for (const { Tsize = 0 } of links) bytes += Tsize;
    await turns(links.length);
  }
  return bytes;
}

const RAW = 0x55;

interface Wanted {
  readonly cid: CID;
  readonly sizeBytes: number;
}

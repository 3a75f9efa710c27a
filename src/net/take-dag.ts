/**
 * Takes the blocks of one DAG out of what a gateway sends, whatever that is.
 *
 * Only blocks that the root leads to are told, each once, checked. They may come in any order: what nothing leads to yet is
 * kept until something does, within a bound. Blocks that come again are left out, within another. Hashing takes turns with
 * arriving, so that neither waits for the other.
 */
import { countLinks, createTurns, matchesHash, requireCheckable } from "#base";
import type { CarBlock, Waiting } from "#base";
import type { CID } from "multiformats/cid";
import { readLinks } from "./links.ts";
import type { Trouble } from "./trouble.ts";

export type OnBlock = (cid: CID, bytes: Uint8Array) => Promise<void> | undefined;

/** What nothing leads to yet: a CAR of so much may be in any order, a larger one in one that leads from the root down. */
const LIMIT_EARLY_BYTES = 64 * 1024 ** 2;
/** Beyond what the DAG itself has: gateways that know nothing of `dups=n` send a block for each link to it. */
const LIMIT_REPEATED_BYTES = 16 * 1024 ** 2;
/** A block has a CID and a length, at least. */
const OVERHEAD_BYTES = 40;
const HASHED_AT_ONCE = 32;
/** Takes some 2 ms. */
const LINKS_PER_TURN = 1024;
/** As much as so many links. */
const BLOCK_COST = 16;

/**
 * @returns what is wrong with the blocks; `undefined` at their end, which does not promise that the DAG is whole
 * @throws {Exception} `failed` when the hash of a block is of a kind that cannot be checked, or it has too many links, or as
 * `onBlock` does
 */
export async function takeDag(
  root: CID,
  blocks: AsyncIterable<CarBlock>,
  gateway: string,
  onBlock: OnBlock,
  { signal }: Waiting = {},
): Promise<Trouble | undefined> {
  const unusable = (found: string): Trouble => ({ type: "unusable", gateway, found });
  const expected = new Set([root.toString()]);
  const seen = new Set<string>();
  const early = new Map<string, CarBlock>();
  let earlyBytes = 0;
  let takenBytes = 0;
  let repeatedBytes = 0;
  let trouble: Trouble | undefined;

  const turns = createTurns(LINKS_PER_TURN);
  const take = async (block: CarBlock): Promise<void> => {
    const ready = [block];
    for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
      const { cid, bytes } = next;
      takenBytes += bytes.length + OVERHEAD_BYTES;
      await onBlock(cid, bytes);
      await turns(countLinks(cid, bytes));
      signal?.throwIfAborted();
      for (const { Hash } of readLinks(cid, bytes)) {
        const key = Hash.toString();
        expected.add(key);
        const waiting = early.get(key);
        if (waiting === undefined) continue;
        early.delete(key);
        earlyBytes -= waiting.bytes.length + OVERHEAD_BYTES;
        ready.push(waiting);
      }
    }
  };
  const sort = async (key: string, block: CarBlock, right: boolean): Promise<void> => {
    if (trouble !== undefined || signal?.aborted === true) return;
    if (!right) {
      trouble = { type: "corrupt", gateway, cid: key };
    } else if (expected.has(key)) {
      await take(block);
    } else {
      early.set(key, block);
      earlyBytes += block.bytes.length + OVERHEAD_BYTES;
      if (earlyBytes > LIMIT_EARLY_BYTES) trouble = unusable("sent too much that nobody asked for");
    }
  };

  /** Each sorted in its turn, as soon as it is hashed. */
  const underway: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  try {
    for await (const block of blocks) {
      await turns(BLOCK_COST);
      // What has arrived already may be thousands of blocks.
      signal?.throwIfAborted();
      if (trouble !== undefined) return trouble;
      const key = block.cid.toString();
      if (seen.has(key)) {
        repeatedBytes += block.bytes.length + OVERHEAD_BYTES;
        if (repeatedBytes <= LIMIT_REPEATED_BYTES + takenBytes) continue;
        return unusable("sends the same blocks again and again");
      }
      seen.add(key);
      requireCheckable(block.cid);
      const hashed = matchesHash(block.cid.multihash, block.bytes);
      const before = last;
      last = hashed.then(async (right) => {
        await before;
        await sort(key, block, right);
      });
      // It is awaited below, or the one after it is.
      last.catch(() => undefined);
      underway.push(last);
      if (underway.length === HASHED_AT_ONCE) await underway.shift();
    }
  } finally {
    // What arrived before the gateway failed is kept.
    await last;
  }
  if (trouble !== undefined) return trouble;
  return early.size > 0 ? unusable("sent a block that nobody asked for") : undefined;
}

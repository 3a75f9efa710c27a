/** What a store still lacks of a DAG. */
import { concatBytes } from "#base";
import { decode } from "@ipld/dag-pb";
import type { HeliaInit } from "helia";
import type { CID } from "multiformats/cid";

/** Any blockstore of the IPFS libraries. */
export type Blockstore = NonNullable<HeliaInit["blockstore"]>;

const DAG_PB = 0x70;
const IDENTITY = 0x00;

/**
 * The blocks below the root that are not stored, in reading order, in groups of at most `limit` that are needed together.
 *
 * Whoever asks for the next group must have stored the last one: its links are followed.
 */
export async function* walkMissing(
  root: CID,
  blockstore: Blockstore,
  limit: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly CID[]> {
  const seen = new Set<string>();
  const stack = [root];
  if (await isMissing(root, blockstore)) yield [root];
  for (let cid = stack.pop(); cid !== undefined; cid = stack.pop()) {
    signal?.throwIfAborted();
    const key = cid.toString();
    if (cid.code !== DAG_PB || seen.has(key)) continue;
    seen.add(key);
    const parts: Uint8Array[] = [];
    for await (const part of blockstore.get(cid)) parts.push(part);
    const children = new Map<string, CID>();
    for (const { Hash } of decode(concatBytes(parts)).Links) children.set(Hash.toString(), Hash);
    const all = [...children.values()];
    // At once: one after the other, each costs a turn of the store.
    const lacking = await Promise.all(all.map((child) => isMissing(child, blockstore)));
    const missing = all.filter((_, at) => lacking[at]);
    while (missing.length > 0) yield missing.splice(0, limit);
    for (const child of all.toReversed()) stack.push(child);
  }
}

/** Whether every block below the root is stored. */
export async function isWhole(
  root: CID,
  blockstore: Blockstore,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const missing = await walkMissing(root, blockstore, 1, signal).next();
  return missing.done === true;
}

async function isMissing(cid: CID, blockstore: Blockstore): Promise<boolean> {
  return cid.multihash.code !== IDENTITY && !(await blockstore.has(cid));
}

/** The blocks of an image, in the order of a sequential reader. */
import { decode } from "@ipld/dag-pb";
import type { CID } from "multiformats/cid";
import { createCidSet, createTurns, splitLinks } from "#base";
import type { Waiting } from "#base";
import type { BlockSource } from "./block-source.ts";

/** Selects blocks. */
export interface DagOptions extends Waiting {
  /** Blocks to omit, with everything below; none by default. */
  readonly without?: ((cid: CID) => boolean | Promise<boolean>) | undefined;
}

export interface Block {
  readonly cid: CID;
  readonly bytes: Uint8Array;
}

const DAG_PB = 0x70;
/** Takes about 2 ms. */
const LINKS_PER_TURN = 1024;
/** Cost of a block, in links. */
const BLOCK_COST = 4;

/**
 * Every block of the DAG, root first, depth first, each once.
 *
 * @throws {Exception} the source's error, or `failed` when a block has too many links.
 * @throws {Error} when a block with the dag-pb codec is malformed.
 */
export async function* walkDag(
  root: CID,
  blocks: BlockSource,
  { signal, without }: DagOptions = {},
): AsyncGenerator<Block> {
  const seen = createCidSet();
  const stack = [root];
  const turns = createTurns(LINKS_PER_TURN);
  for (let cid = stack.pop(); cid !== undefined; cid = stack.pop()) {
    await turns(BLOCK_COST);
    signal?.throwIfAborted();
    if (!seen.add(cid)) continue;
    if ((await without?.(cid)) === true) continue;
    const bytes = await blocks.get(cid, { signal });
    yield { cid, bytes };
    if (cid.code !== DAG_PB) continue;
    // In reverse, so that the first link is on top of the stack.
    for (const part of splitLinks(cid, bytes).toReversed()) {
      const links = decode(part).Links;
      await turns(links.length);
      signal?.throwIfAborted();
      for (const { Hash } of links.toReversed()) stack.push(Hash);
    }
  }
}

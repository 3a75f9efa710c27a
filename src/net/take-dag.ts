/**
 * Filters the blocks of one DAG from a source's untrusted response.
 *
 * Passes on only blocks reachable from the root, each once, checked. Blocks may come in any order: a block without a
 * known parent is buffered, up to a limit. Repeated blocks are dropped, up to another limit. Hashing overlaps with
 * receiving.
 */
import {
  createCidSet,
  createTurns,
  loadMatcher,
  readLinkedCids,
  requireCheckable,
  splitLinks,
} from "#base";
import type { CarBlock, Matcher, Waiting } from "#base";
import type { CID } from "multiformats/cid";
import type { ProviderName, Trouble } from "./trouble.ts";

export interface DagTaker {
  /** Called with each block of the DAG. */
  readonly onBlock: (cid: CID, bytes: Uint8Array) => Promise<void> | undefined;
  /** Called at the end, if all blocks of the DAG have arrived. */
  readonly onWhole?: (() => void) | undefined;
}

/**
 * Limit on buffered blocks without a known parent: a CAR below it may be in any order, a larger one must be ordered
 * from the root down.
 */
const LIMIT_EARLY_BYTES = 64 * 1024 ** 2;
/** Limit on repeated blocks beyond the DAG's size: gateways that ignore `dups=n` send a block once for each link. */
const LIMIT_REPEATED_BYTES = 16 * 1024 ** 2;
/** Minimal overhead of a block: a CID and a length. */
const OVERHEAD_BYTES = 40;
const HASHED_AT_ONCE = 32;
/** What is being hashed delays whoever stops the fetch. */
const HASHED_BYTES_AT_ONCE = 4 * 1024 * 1024;
/** Takes about 2 ms. */
const LINKS_PER_TURN = 1024;
/** Cost of a block, in links. */
const BLOCK_COST = 16;
/** Receiving so many bytes takes as long as a link. */
const LINK_BYTES = 1024;
/** Blocks with links up to this size are hashed synchronously: later blocks would wait for them, and waiting costs more. */
const SHORT_NODE_BYTES = 16 * 1024;
const RAW = 0x55;
const DAG_PB = 0x70;
/** Marks of a CID: a block of the DAG links to it; its block has arrived. */
const LINKED = 1;
const SEEN = 2;

/**
 * @returns the failure; `undefined` at the end, even if the DAG is incomplete
 * @throws {Exception} `failed` for an unsupported hash or too many links, or the error of `onBlock`
 */
export async function takeDag(
  root: CID,
  blocks: AsyncIterable<CarBlock>,
  provider: ProviderName,
  { onBlock, onWhole }: DagTaker,
  { signal }: Waiting = {},
): Promise<Trouble | undefined> {
  const unusable = (found: string): Trouble => ({ type: "unusable", provider, found });
  const cids = createCidSet();
  /** Marks by the number of a CID. */
  const marks: number[] = [];
  /** Adds a mark. @returns whether the CID did not have it before */
  const mark = (number: number, added: number): boolean => {
    const marked = marks[number] ?? 0;
    marks[number] = marked | added;
    return (marked & added) === 0;
  };
  mark(cids.toNumber(root.bytes), LINKED);
  /** The numbers of blocks of the DAG that are known of, and that have arrived. */
  let [known, taken] = [1, 0];
  /** Blocks without a known parent, by the number of their CIDs. */
  const early = new Map<number, CarBlock>();
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
      taken++;
      await onBlock(cid, bytes);
      if (cid.code !== DAG_PB) continue;
      for (const part of splitLinks(cid, bytes)) {
        const links = readLinkedCids(part);
        await turns(links.length);
        signal?.throwIfAborted();
        for (const link of links) {
          const number = cids.toNumber(link);
          if (mark(number, LINKED)) known++;
          const waiting = early.get(number);
          if (waiting === undefined) continue;
          early.delete(number);
          earlyBytes -= waiting.bytes.length + OVERHEAD_BYTES;
          ready.push(waiting);
        }
      }
    }
  };
  const sort = (block: CarBlock, number: number, right: boolean): Promise<void> | undefined => {
    if (trouble !== undefined || signal?.aborted === true) return undefined;
    if (!right) {
      trouble = { type: "corrupt", provider, cid: block.cid.toString() };
    } else if (((marks[number] ?? 0) & LINKED) !== 0) {
      if (block.cid.code !== RAW) return take(block);
      takenBytes += block.bytes.length + OVERHEAD_BYTES;
      taken++;
      return onBlock(block.cid, block.bytes);
    } else {
      early.set(number, block);
      earlyBytes += block.bytes.length + OVERHEAD_BYTES;
      if (earlyBytes > LIMIT_EARLY_BYTES)
        trouble = unusable("sent too many blocks without a parent");
    }
    return undefined;
  };

  // Loaded while the gateway answers.
  const matching = loadMatcher();
  // It is awaited with the first block.
  matching.catch(() => undefined);
  let matches: Matcher | undefined;
  /** Blocks being hashed; they are handled in order of arrival. */
  const underway: { readonly handled: Promise<void>; readonly byteLength: number }[] = [];
  let underwayBytes = 0;
  let handling = 0;
  let hasFailed = false;
  let last: Promise<void> = Promise.resolve();
  try {
    for await (const block of blocks) {
      const turn = turns(BLOCK_COST + Math.floor(block.bytes.length / LINK_BYTES));
      if (turn !== undefined) await turn;
      // Thousands of blocks may be buffered already.
      signal?.throwIfAborted();
      if (trouble !== undefined) return trouble;
      // `last` has the reason.
      if (hasFailed) break;
      const number = cids.toNumber(block.cid.bytes);
      if (!mark(number, SEEN)) {
        repeatedBytes += block.bytes.length + OVERHEAD_BYTES;
        if (repeatedBytes <= LIMIT_REPEATED_BYTES + takenBytes) continue;
        return unusable("sends the same blocks repeatedly");
      }
      requireCheckable(block.cid);
      matches ??= await matching;
      const shortBytes = block.cid.code === RAW ? undefined : SHORT_NODE_BYTES;
      const hashed = matches(block.cid.multihash, block.bytes, shortBytes);
      if (typeof hashed === "boolean" && handling === 0) {
        // No promise for each block: they took longer than fetching 10 000 small files.
        const sorted = sort(block, number, hashed);
        if (sorted !== undefined) await sorted;
        continue;
      }
      const before = last;
      handling++;
      const handle = async (): Promise<void> => {
        try {
          const right = await hashed;
          await before;
          await sort(block, number, right);
        } catch (reason) {
          hasFailed = true;
          throw reason;
        } finally {
          handling--;
        }
      };
      last = handle();
      // `last` or a later promise is awaited below.
      last.catch(() => undefined);
      underway.push({ handled: last, byteLength: block.bytes.length });
      underwayBytes += block.bytes.length;
      while (underway.length >= HASHED_AT_ONCE || underwayBytes > HASHED_BYTES_AT_ONCE) {
        const first = underway.shift();
        if (first === undefined) break;
        underwayBytes -= first.byteLength;
        await first.handled;
      }
    }
  } finally {
    // Blocks that arrived before a failure are kept.
    await last;
  }
  if (trouble !== undefined) return trouble;
  if (early.size > 0) return unusable("sent a block that is not in the DAG");
  if (taken === known) onWhole?.();
  return undefined;
}

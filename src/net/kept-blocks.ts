/**
 * The page's blocks: those that are stored, and those that wait to be stored.
 *
 * A block is readable as soon as it is put. Blocks are stored in batches, once none was used for a while or 8 MiB wait, so
 * `put` waits only when the store is 64 MiB behind. Stored blocks are hashed again when they are read: otherwise, a script
 * that can write to the store could run any program under the CID of another. If the store is full, other blocks are removed;
 * where none can be removed, blocks stay in memory, up to the same limit.
 */
import { concatBytes, createNotice, Exception, matchesHash, toDigestKey, toException } from "#base";
import type { CarBlock, Waiting } from "#base";
import type { HeliaInit } from "helia";
import type { CID } from "multiformats/cid";

/** Any blockstore of the IPFS libraries. */
export type Blockstore = NonNullable<HeliaInit["blockstore"]>;

/** Resolves after some time, or when the signal fires. */
export type Pause = (signal: AbortSignal) => Promise<void>;

export interface KeptBlocks {
  has(cid: CID): Promise<boolean>;
  /** Whether the block is in memory; if it is not, it may still be in the store. */
  isHeld(cid: CID): boolean;
  /**
   * The checked bytes, borrowed; `undefined` when the block is missing. Removes a stored block that does not match
   * its CID.
   */
  get(cid: CID, options?: Waiting): Promise<Uint8Array | undefined>;
  /**
   * Keeps a checked block: at once, or when there is room.
   *
   * @throws {Exception} the store's failure, when memory is full as well.
   */
  put(cid: CID, bytes: Uint8Array, options?: Waiting): Promise<void> | undefined;
  /** After a failure, tries again to store the blocks that wait: the visitor may have made room. */
  retry(): void;
  /** Resolves when all blocks are stored, or the store has failed. */
  settled(): Promise<void>;
}

const IDENTITY = 0x00;
const DAG_PB = 0x70;
const LIMIT_WAITING_BYTES = 64 * 1024 ** 2;
/** Size of one transaction: smaller ones cost more for each block, larger ones delay the page's reads. */
const BATCH_BYTES = 8 * 1024 ** 2;
const BATCH_BLOCKS = 500;
/**
 * Cache of directory blocks, which are read to find missing blocks and again to open the layer: from the store, each
 * read takes a millisecond.
 */
const LIMIT_NODES_BYTES = 8 * 1024 ** 2;
/** Size of a table entry. */
const OVERHEAD_BYTES = 200;
/** Up to this size, blocks wait until the image runs: storing 10 000 small blocks takes 0.2 s of the page's thread. */
const EAGER_BYTES = BATCH_BYTES;

export interface KeptBlocksOptions {
  /** Blocks are stored when none was put or read during one pause; at once by default. */
  readonly pause?: Pause | undefined;
  /** Removes other blocks when the store is full. Resolves to whether it has removed any. */
  readonly makeRoom?: (() => Promise<boolean>) | undefined;
}

export function createKeptBlocks(
  blockstore: Blockstore,
  { pause, makeRoom }: KeptBlocksOptions = {},
): KeptBlocks {
  const waiting = new Map<string, CarBlock>();
  /** Checked blocks with links, in insertion order. */
  const nodes = new Map<string, Uint8Array>();
  const notice = createNotice();
  let nodesBytes = 0;
  let waitingBytes = 0;
  let failure: Exception | undefined;
  let storing: Promise<void> | undefined;
  /** Number of puts and reads so far. */
  let uses = 0;
  let hurry = new AbortController();

  const isBehind = (): boolean => failure === undefined && waitingBytes > LIMIT_WAITING_BYTES;
  const keepNode = (key: string, cid: CID, bytes: Uint8Array): void => {
    if (cid.code !== DAG_PB || nodes.has(key)) return;
    nodes.set(key, bytes);
    nodesBytes += bytes.length + OVERHEAD_BYTES;
    for (const [oldest, { length }] of nodes) {
      if (nodesBytes <= LIMIT_NODES_BYTES) return;
      nodes.delete(oldest);
      nodesBytes -= length + OVERHEAD_BYTES;
    }
  };
  const takeBatch = (): CarBlock[] => {
    const batch: CarBlock[] = [];
    let bytes = 0;
    for (const block of waiting.values()) {
      batch.push(block);
      bytes += block.bytes.length;
      if (bytes >= BATCH_BYTES || batch.length >= BATCH_BLOCKS) break;
    }
    return batch;
  };
  const waitForQuiet = async (signal: AbortSignal, pause: Pause): Promise<void> => {
    for (let before = -1; before !== uses && !signal.aborted;) {
      before = uses;
      await pause(signal);
    }
  };
  const storeBatch = async (batch: readonly CarBlock[]): Promise<void> => {
    for (;;) {
      try {
        await Array.fromAsync(blockstore.putMany(batch));
        return;
      } catch (reason) {
        if (!isFull(reason) || makeRoom === undefined || !(await makeRoom())) throw reason;
      }
    }
  };
  const storeAll = async (): Promise<void> => {
    if (pause !== undefined) await waitForQuiet(hurry.signal, pause);
    try {
      for (let batch = takeBatch(); batch.length > 0; batch = takeBatch()) {
        await storeBatch(batch);
        for (const { cid, bytes } of batch) {
          waiting.delete(toDigestKey(cid));
          waitingBytes -= bytes.length + OVERHEAD_BYTES;
        }
        notice.notify();
      }
    } catch (reason) {
      failure = toException(reason);
    } finally {
      storing = undefined;
      hurry = new AbortController();
      notice.notify();
    }
  };

  const isHeld = (cid: CID): boolean =>
    cid.multihash.code === IDENTITY || waiting.has(toDigestKey(cid));
  const waitForRoom = async (waits: Waiting): Promise<void> => {
    while (isBehind()) await notice.wait(waits);
  };

  return {
    has: async (cid) => isHeld(cid) || blockstore.has(cid),
    isHeld,
    async get(cid, { signal } = {}) {
      signal?.throwIfAborted();
      uses++;
      if (cid.multihash.code === IDENTITY) return cid.multihash.digest;
      const key = toDigestKey(cid);
      const held = waiting.get(key)?.bytes ?? nodes.get(key);
      if (held !== undefined) return held;
      const bytes = await read(blockstore, cid);
      signal?.throwIfAborted();
      if (bytes === undefined) return undefined;
      if (await matchesHash(cid.multihash, bytes)) {
        keepNode(key, cid, bytes);
        return bytes;
      }
      await blockstore.delete(cid);
      return undefined;
    },
    put(cid, bytes, { signal } = {}) {
      const key = toDigestKey(cid);
      if (cid.multihash.code === IDENTITY || waiting.has(key)) return undefined;
      if (failure !== undefined && waitingBytes > LIMIT_WAITING_BYTES) throw failure;
      waiting.set(key, { cid, bytes });
      keepNode(key, cid, bytes);
      waitingBytes += bytes.length + OVERHEAD_BYTES;
      uses++;
      if (failure === undefined) storing ??= storeAll();
      if (waitingBytes > EAGER_BYTES) hurry.abort();
      return isBehind() ? waitForRoom({ signal }) : undefined;
    },
    retry() {
      if (failure === undefined) return;
      failure = undefined;
      storing ??= storeAll();
    },
    async settled() {
      hurry.abort();
      await storing;
    },
  };
}

function isFull(reason: unknown): boolean {
  const cause = reason instanceof Error ? reason.cause : undefined;
  return cause instanceof Error && cause.name === "QuotaExceededError";
}

async function read(blockstore: Blockstore, cid: CID): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of blockstore.get(cid)) parts.push(part);
  } catch (reason) {
    if (reason instanceof Error && reason.name === "NotFoundError") return undefined;
    throw reason;
  }
  return concatBytes(parts);
}

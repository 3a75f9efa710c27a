/**
 * The blocks that this page has: those that are stored, and those that are about to be.
 *
 * A block is there as soon as it is put, and is stored with whatever else came meanwhile, so that nobody waits for the store
 * until it is 64 MiB behind. What the store gives is hashed again: whoever can write to it could else run any program under
 * the CID of another. Where the store is full, blocks stay in memory, as long as they have room there.
 */
import { concatBytes, createNotice, Exception, matchesHash, toException } from "#base";
import type { CarBlock, Waiting } from "#base";
import type { HeliaInit } from "helia";
import type { CID } from "multiformats/cid";

/** Any blockstore of the IPFS libraries. */
export type Blockstore = NonNullable<HeliaInit["blockstore"]>;

export interface KeptBlocks {
  has(cid: CID): Promise<boolean>;
  /** The checked bytes, lent; `undefined` when they are not here. What is stored and not the block is removed. */
  get(cid: CID, options?: Waiting): Promise<Uint8Array | undefined>;
  /**
   * Keeps a block that was checked.
   *
   * @throws {Exception} the reason of the store, once it stores nothing and there is no room in memory, either.
   */
  put(cid: CID, bytes: Uint8Array, options?: Waiting): Promise<void>;
  /** Resolves when all blocks are stored, or it is clear that they will not be. */
  settled(): Promise<void>;
}

const IDENTITY = 0x00;
const DAG_PB = 0x70;
const LIMIT_WAITING_BYTES = 64 * 1024 ** 2;
/** One transaction: less costs more for each block, more holds up what the page reads meanwhile. */
const BATCH_BYTES = 8 * 1024 ** 2;
const BATCH_BLOCKS = 500;
/** Directories are read to see what is missing, and again to open the layer: from the store, each costs a millisecond. */
const LIMIT_NODES_BYTES = 8 * 1024 ** 2;
/** Of an entry in the table. */
const OVERHEAD_BYTES = 200;

export function createKeptBlocks(blockstore: Blockstore): KeptBlocks {
  const waiting = new Map<string, CarBlock>();
  /** Checked blocks that lead to others, the latest last. */
  const nodes = new Map<string, Uint8Array>();
  const notice = createNotice();
  let nodesBytes = 0;
  let waitingBytes = 0;
  let failure: Exception | undefined;
  let storing: Promise<void> | undefined;

  const isBehind = (): boolean => failure === undefined && waitingBytes > LIMIT_WAITING_BYTES;
  const keepNode = (cid: CID, bytes: Uint8Array): void => {
    const key = cid.toString();
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
  const storeAll = async (): Promise<void> => {
    try {
      for (let batch = takeBatch(); batch.length > 0; batch = takeBatch()) {
        await Array.fromAsync(blockstore.putMany(batch));
        for (const { cid, bytes } of batch) {
          waiting.delete(cid.toString());
          waitingBytes -= bytes.length + OVERHEAD_BYTES;
        }
        notice.notify();
      }
    } catch (reason) {
      failure = toException(reason);
    } finally {
      storing = undefined;
      notice.notify();
    }
  };

  return {
    async has(cid) {
      if (cid.multihash.code === IDENTITY || waiting.has(cid.toString())) return true;
      return blockstore.has(cid);
    },
    async get(cid, { signal } = {}) {
      signal?.throwIfAborted();
      if (cid.multihash.code === IDENTITY) return cid.multihash.digest;
      const key = cid.toString();
      const held = waiting.get(key)?.bytes ?? nodes.get(key);
      if (held !== undefined) return held;
      const bytes = await read(blockstore, cid);
      signal?.throwIfAborted();
      if (bytes === undefined) return undefined;
      if (await matchesHash(cid.multihash, bytes)) {
        keepNode(cid, bytes);
        return bytes;
      }
      await blockstore.delete(cid);
      return undefined;
    },
    async put(cid, bytes, { signal } = {}) {
      const key = cid.toString();
      if (cid.multihash.code === IDENTITY || waiting.has(key)) return;
      if (failure !== undefined && waitingBytes > LIMIT_WAITING_BYTES) throw failure;
      waiting.set(key, { cid, bytes });
      keepNode(cid, bytes);
      waitingBytes += bytes.length + OVERHEAD_BYTES;
      if (failure === undefined) storing ??= storeAll();
      while (isBehind()) await notice.wait({ signal });
    },
    async settled() {
      await storing;
    },
  };
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

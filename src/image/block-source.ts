/** Sources of blocks. */
import { concatBytes, Exception } from "#base";
import type { Waiting } from "#base";
import type { CID } from "multiformats/cid";

/** Gives blocks by CID; the bytes have been verified against the CID's hash. */
export interface BlockSource {
  /**
   * The bytes of one block, borrowed and read-only.
   *
   * @throws {Exception} when the block is unavailable, with a message that names it.
   */
  get(cid: CID, options?: Waiting): Promise<Uint8Array>;
}

/** The part of the IPFS libraries' blockstore interface that is used for reading. */
export interface ReadableBlockstore {
  has(cid: CID, options?: { signal?: AbortSignal }): boolean | Promise<boolean>;
  get(
    cid: CID,
    options?: { signal?: AbortSignal },
  ): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const IDENTITY = 0x00;

/** Reads blocks of a blockstore; uses no network, and does not hash stored blocks again. */
export function createBlockSource(blockstore: ReadableBlockstore): BlockSource {
  return {
    async get(cid, { signal } = {}) {
      signal?.throwIfAborted();
      if (cid.multihash.code === IDENTITY) return cid.multihash.digest;
      const options = signal === undefined ? {} : { signal };
      if (!(await blockstore.has(cid, options))) {
        throw new Exception("failed", `No block "${cid.toString()}" is stored`);
      }
      const parts: Uint8Array[] = [];
      for await (const part of blockstore.get(cid, options)) parts.push(part);
      signal?.throwIfAborted();
      return concatBytes(parts);
    },
  };
}

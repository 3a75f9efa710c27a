/** Where blocks come from, and the check that they are what their CID says. */
import { concatBytes, Exception } from "#base";
import type { Waiting } from "#base";
import type { CID } from "multiformats/cid";

/** Gives blocks by CID; the bytes have been checked against the CID's hash. */
export interface BlockSource {
  /**
   * The bytes of one block; they are lent, nobody may write into them.
   *
   * @throws {Exception} when the block cannot be had, with a message that names it.
   */
  get(cid: CID, options?: Waiting): Promise<Uint8Array>;
}

/** The reading half of a blockstore of the IPFS libraries, as far as it is used here. */
export interface ReadableBlockstore {
  has(cid: CID, options?: { signal?: AbortSignal }): boolean | Promise<boolean>;
  get(
    cid: CID,
    options?: { signal?: AbortSignal },
  ): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const IDENTITY = 0x00;

/** A source over what a blockstore holds; it never asks anyone else, and does not hash again what is stored. */
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

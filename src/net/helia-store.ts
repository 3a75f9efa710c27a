/** Adapters for Helia: the kept blocks as a blockstore, and `base`'s hashes as hashers. */
import { concatBytes, Exception, hashBytes } from "#base";
import { BaseBlockstore } from "blockstore-core";
import type { CID } from "multiformats/cid";
import { from } from "multiformats/hashes/hasher";
import type { MultihashHasher } from "multiformats/hashes/interface";
import type { KeptBlocks } from "./kept-blocks.ts";

export class HeliaStore extends BaseBlockstore {
  readonly #kept: KeptBlocks;

  constructor(kept: KeptBlocks) {
    super();
    this.#kept = kept;
  }

  override has(cid: CID): Promise<boolean> {
    return this.#kept.has(cid);
  }

  override async put(
    cid: CID,
    bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    options?: { signal?: AbortSignal },
  ): Promise<CID> {
    const whole = bytes instanceof Uint8Array ? bytes : concatBytes(await Array.fromAsync(bytes));
    await this.#kept.put(cid, whole, options);
    return cid;
  }

  override async *get(cid: CID, options?: { signal?: AbortSignal }): AsyncGenerator<Uint8Array> {
    const bytes = await this.#kept.get(cid, options);
    if (bytes === undefined)
      throw new Exception("failed", `No block "${cid.toString()}" is stored`);
    yield bytes;
  }
}

const BLAKE2B = 0xb200;
const DEFAULT_BYTES = 32;

/** A hasher for Helia, which hashes the broker's blocks again. */
export function loadHasher(code: number): MultihashHasher {
  const lengthBytes = code > BLAKE2B ? code - BLAKE2B : DEFAULT_BYTES;
  return from({ name: "", code, encode: (bytes) => hashBytes(code, bytes, lengthBytes) });
}

/** `wasi:random`; the insecure functions are as good as the secure ones. */
import type { WasiPowers } from "./powers.ts";
import { trap } from "./trap.ts";

export interface Random {
  readonly bytes: (length: bigint) => Uint8Array;
  readonly u64: () => bigint;
  readonly seed: () => [bigint, bigint];
}

/** A guest that requests more in one call makes a mistake. */
const LIMIT_BYTES = 64n * 1024n * 1024n;
/** The platform's generator fills no more at a time. */
const PIECE_BYTES = 64 * 1024;

export function createRandom(powers: Pick<WasiPowers, "fillRandom">): Random {
  const bytes = (length: bigint): Uint8Array<ArrayBuffer> => {
    if (length > LIMIT_BYTES) trap(`wasi:random was asked for ${length} bytes at once`);
    const all = new Uint8Array(Number(length));
    for (let at = 0; at < all.length; at += PIECE_BYTES) {
      powers.fillRandom(all.subarray(at, at + PIECE_BYTES));
    }
    return all;
  };
  const u64 = (): bigint => new DataView(bytes(8n).buffer).getBigUint64(0, true);
  return { bytes, u64, seed: () => [u64(), u64()] };
}

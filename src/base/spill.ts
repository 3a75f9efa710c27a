/** Storage outside of memory for file data that a cell does not use at the moment. */
import type { Eventually } from "./eventually.ts";

/**
 * Numbered slots of 64 KiB each, empty at first. They are used from 0 on, and used again when they are free.
 *
 * After a write to a slot, the caller waits for its promise before using the slot again.
 */
export interface Spill {
  /**
   * Keeps the bytes, at most a slot's, from the slot's start; they are lent until the promise settles, and may change
   * meanwhile: then they are written again.
   *
   * @throws {Exception} `overloaded` when there is no room for them.
   */
  write(slot: number, bytes: Uint8Array): Eventually<void>;
  /**
   * The first bytes of a slot, as many as were written to it last or fewer. The caller owns the array.
   *
   * @throws {Exception} `failed` when they cannot be read.
   */
  read(slot: number, lengthBytes: number): Eventually<Uint8Array>;
}

/** A spill that this thread reads by itself, in microseconds: it need not be brought back into memory to be read. */
export interface NearSpill extends Spill {
  /**
   * Fills the array with bytes of a slot, from `offset` on.
   *
   * @throws {Exception} `failed` when they cannot be read.
   */
  copy(slot: number, offset: number, to: Uint8Array): void;
}

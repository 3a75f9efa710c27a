/** Storage outside of memory for pages that were evicted. */
import type { Eventually } from "./eventually.ts";

/**
 * Numbered slots of 64 KiB, initially empty. Slots are used from 0 on, and free ones are reused.
 *
 * After a write to a slot, the caller waits for its promise before using the slot again.
 */
export interface Spill {
  /**
   * Writes the bytes, at most a slot's, at the slot's start. They are lent until the promise settles, and may change
   * meanwhile: the caller writes them again then.
   *
   * @throws {Exception} `overloaded` when there is no room for them.
   */
  write(slot: number, bytes: Uint8Array): Eventually<void>;
  /**
   * The first bytes of a slot, no more than were last written to it. The caller owns the array.
   *
   * @throws {Exception} `failed` when they cannot be read.
   */
  read(slot: number, lengthBytes: number): Eventually<Uint8Array>;
}

/** A spill that this thread reads synchronously, in microseconds, so pages can be read without being loaded. */
export interface NearSpill extends Spill {
  /**
   * Fills the array with bytes of a slot, from `offset` on.
   *
   * @throws {Exception} `failed` when they cannot be read.
   */
  copy(slot: number, offset: number, to: Uint8Array): void;
}

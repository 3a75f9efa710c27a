/**
 * Work on many bytes that gives way: it yields after each piece, and what drives it decides what happens then.
 *
 * What of a component is little yields nowhere, so it is done at once.
 */
import { createTurns } from "#base";

export type Work<T> = Generator<undefined, T>;

/** Bytes that are scanned one by one in a turn: some five milliseconds. */
const PIECE_BYTES = 512 * 1024;
/** Of bytes that are copied: as long. */
const COPY_BYTES: number = 8 * 1024 * 1024;

/** Counts what is done; one for each piece of work, however many parts that has. */
export class Pace {
  #left = PIECE_BYTES;

  /** Whether it is time to yield, after so many bytes more. */
  spend(bytes: number): boolean {
    this.#left -= bytes;
    if (this.#left > 0) return false;
    this.#left = PIECE_BYTES;
    return true;
  }
}

/** @throws the signal's reason, between two pieces */
export async function doInTurns<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
  const takeTurn = createTurns(1);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await takeTurn();
    signal.throwIfAborted();
  }
}

export function* concatInTurns(parts: readonly Uint8Array[]): Work<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += COPY_BYTES) {
      if (from > 0) yield;
      whole.set(part.subarray(from, from + COPY_BYTES), at + from);
    }
    at += part.length;
  }
  return whole;
}

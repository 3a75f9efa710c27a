/**
 * Cooperative work on many bytes: a generator that yields after each piece, so that its driver can take a turn.
 *
 * Work on a small component never yields, so it is done in one turn.
 */
import { createTurns } from "#base";

export type Work<T> = Generator<undefined, T>;

/** Bytes that are scanned one by one in a turn, in some five milliseconds. */
const PIECE_BYTES = 512 * 1024;
/** Bytes that are copied in a turn, in about the same time. */
const COPY_BYTES: number = 8 * 1024 * 1024;

/** Counts scanned bytes and tells when to yield; all parts of one piece of work share a `Pace`. */
export class Pace {
  #left = PIECE_BYTES;

  /** Counts `bytes`, and tells whether it is time to yield. */
  spend(bytes: number): boolean {
    this.#left -= bytes;
    if (this.#left > 0) return false;
    this.#left = PIECE_BYTES;
    return true;
  }
}

/** Does the work, with a turn of the event loop after each piece. @throws the signal's reason, between two pieces */
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

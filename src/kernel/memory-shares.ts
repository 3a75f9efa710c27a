/**
 * How the memory of a run is divided between its processes: each may have so much, and all together no more than the run.
 *
 * What a process may have is fixed when it starts, since nobody can take memory back from it, and one that seems small can
 * grow at any time. The first gets all that one may have. Each other one gets at most half of what is left then, beside a
 * little for each that may still come; in halves of the whole, so that a component is compiled for few limits.
 */
import { Exception } from "#base";

export interface MemorySharesOptions {
  /** What all have together. */
  readonly runBytes: number;
  /** What one has at most. */
  readonly cellBytes: number;
  /** How many there are at most at a time. */
  readonly processes: number;
}

/** What one process may have; disposing gives it back. */
export interface MemoryShare extends Disposable {
  readonly bytes: number;
}

export interface MemoryShares {
  /** @throws {Exception} `overloaded` when too little is left for anyone */
  take(): MemoryShare;
}

/** What is kept for each process that may still come: enough for most programs in C, and for some in TypeScript. */
const LEAST_BYTES = 8 * 1024 * 1024;

export function createMemoryShares({
  runBytes,
  cellBytes,
  processes,
}: MemorySharesOptions): MemoryShares {
  const least = Math.min(LEAST_BYTES, cellBytes);
  let free = runBytes;
  let taken = 0;
  const next = (): number => {
    if (taken === 0) return Math.min(cellBytes, free);
    const kept = least * (processes - taken - 1);
    const most = Math.max((free - kept) / 2, least);
    let bytes = cellBytes;
    while (bytes > most) bytes /= 2;
    return Math.floor(bytes);
  };
  return {
    take() {
      const bytes = next();
      if (bytes > free || bytes === 0) {
        const state = `its ${taken} processes may have ${runBytes} bytes of memory, all that the run has`;
        throw new Exception("overloaded", `Cannot start process: ${state}; end one first`);
      }
      free -= bytes;
      taken++;
      let isHeld = true;
      return {
        bytes,
        [Symbol.dispose]() {
          if (!isHeld) return;
          isHeld = false;
          free += bytes;
          taken--;
        },
      };
    },
  };
}

/**
 * Divides the memory of a run between its processes.
 *
 * A process's share is fixed when it starts: WebAssembly memory cannot be taken back, and a small process can grow at
 * any time. The first process gets the per-process maximum. Each later one gets at most half of what is left, after a
 * reserve for processes that may still start. Shares are the maximum divided by powers of two, so that each component is
 * compiled for only a few different limits.
 */
import { Exception } from "#base";

export interface MemorySharesOptions {
  /** Memory of all processes together. */
  readonly runBytes: number;
  /** Maximum for one process. */
  readonly cellBytes: number;
  /** Maximum number of processes at a time. */
  readonly processes: number;
}

/** The memory of one process. Disposing returns it to the run. */
export interface MemoryShare extends Disposable {
  readonly bytes: number;
}

export interface MemoryShares {
  /** Allocates a share of at most `mostBytes`. @throws {Exception} `overloaded` when too little is left */
  take(mostBytes?: number): MemoryShare;
  /** Raises the limit of the whole run. */
  add(bytes: number): void;
  /** The shares of live processes together, and the limit of the run. */
  readonly bytes: { readonly taken: number; readonly limit: number };
}

/** Reserve for each process that may still start: enough for most programs in C, and some in TypeScript. */
const LEAST_BYTES = 8 * 1024 * 1024;

export function createMemoryShares({
  runBytes,
  cellBytes,
  processes,
}: MemorySharesOptions): MemoryShares {
  const least = Math.min(LEAST_BYTES, cellBytes);
  let free = runBytes;
  let all = runBytes;
  let taken = 0;
  const next = (): number => {
    if (taken === 0) return Math.min(cellBytes, free);
    const reserve = least * (processes - taken - 1);
    const most = Math.max((free - reserve) / 2, least);
    let bytes = cellBytes;
    while (bytes > most) bytes /= 2;
    return Math.floor(bytes);
  };
  return {
    add(bytes) {
      free += bytes;
      all += bytes;
    },
    get bytes() {
      return { taken: all - free, limit: all };
    },
    take(mostBytes = Infinity) {
      const bytes = Math.min(next(), mostBytes);
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

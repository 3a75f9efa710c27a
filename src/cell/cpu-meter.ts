/**
 * Measures how long a guest runs: the wall-clock time between its waits.
 *
 * The meter has three words: the milliseconds of all finished bursts, a count that is odd while a burst lasts, and 1 while
 * the guest waits for its standard input. If the words are in shared memory, the host reads them at any time. Otherwise it
 * must ask the worker, which does not answer while the guest runs. Either way the host itself measures the current burst.
 */

/** Captured when the module is loaded, since a sealed worker has no `Atomics`. */
const { load, store } = Atomics;

const BUSY_MS = 0;
const BURST = 1;
const FOR_INPUT = 2;
export const METER_BYTES = 12;

/** The cell's side. */
export interface CpuMeter {
  readonly words: Int32Array;
  /** The guest begins to wait. @param forInput whether for its standard input, alone or beside other things */
  pause(forInput: boolean): void;
  /** The guest begins to run, or continues. */
  resume(): void;
  /** The guest has ended. Later work of the worker, such as a snapshot of the files, is not counted. */
  end(): void;
}

/** Creates the meter of a guest that has not begun. */
export function createCpuMeter(words: Int32Array, monotonicMs: () => number): CpuMeter {
  let total = 0;
  let since = 0;
  let state: "waiting" | "running" | "ended" = "waiting";
  const pause = (forInput: boolean): void => {
    if (state !== "running") return;
    state = "waiting";
    total += monotonicMs() - since;
    store(words, FOR_INPUT, Number(forInput));
    store(words, BUSY_MS, Math.floor(total));
    store(words, BURST, (load(words, BURST) + 1) | 0);
  };
  return {
    words,
    pause,
    resume() {
      if (state !== "waiting") return;
      state = "running";
      since = monotonicMs();
      store(words, FOR_INPUT, 0);
      store(words, BURST, (load(words, BURST) + 1) | 0);
    },
    end() {
      pause(false);
      state = "ended";
    },
  };
}

/** Whether the guest waits for its standard input. @param words as the meter has them; a worker may have written anything */
export function isForInput(words: Int32Array): boolean {
  return words.length * 4 === METER_BYTES && load(words, FOR_INPUT) === 1;
}

export interface CpuWatch {
  readonly limitSeconds: number;
  /** The words of the meter, if they are in shared memory. */
  readonly shared: Int32Array | undefined;
  /** Reads the words of the meter: at once, or when the guest next waits. */
  readonly read: () => Promise<Int32Array> | Int32Array;
  /** Time that others have spent on behalf of the cell so far. */
  readonly chargedMs: () => number;
  /** Called once, with the reason. */
  readonly exceeded: (reason: string) => void;
  readonly monotonicMs: () => number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Short enough for a person who waits for a busy loop to be ended, and long enough to cost nothing. */
const TICK_MS = 100;

/** A cell's processor time as the host knows it. */
export interface WatchedCpu {
  /** Milliseconds of finished bursts; always 0 without shared words and without a limit. */
  readonly busyMs: number;
}

/** Watches a cell until it has used up its time, or the signal fires. */
export function watchCpu({
  limitSeconds,
  shared,
  read,
  chargedMs,
  exceeded,
  monotonicMs,
  signal,
}: CpuWatch): WatchedCpu {
  let busyMs = 0;
  const watched: WatchedCpu = {
    get busyMs() {
      return shared?.[BUSY_MS] ?? busyMs;
    },
  };
  if (limitSeconds === Infinity) return watched;
  let burst = 0;
  let burstSinceMs = monotonicMs();
  let isAsking = false;
  const update = (words: Int32Array): void => {
    isAsking = false;
    busyMs = words[BUSY_MS] ?? 0;
    const now = words[BURST] ?? 0;
    if (now !== burst) burstSinceMs = monotonicMs();
    burst = now;
  };
  const timer = setInterval(() => {
    if (!isAsking) {
      const words = read();
      if (words instanceof Promise) {
        // The guest counts as running until the worker answers.
        isAsking = true;
        burstSinceMs = monotonicMs();
        words.then(update, () => undefined);
      } else {
        update(words);
      }
    }
    const isRunning = isAsking || burst % 2 !== 0;
    const burstMs = isRunning ? monotonicMs() - burstSinceMs : 0;
    const usedMs = busyMs + burstMs + chargedMs();
    if (usedMs < limitSeconds * 1000) return;
    clearInterval(timer);
    exceeded(`It used the ${limitSeconds} s of processor time that it may have`);
  }, TICK_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return watched;
}

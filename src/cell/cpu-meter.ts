/**
 * How long a guest has run: the wall-clock time between its waits.
 *
 * Two words: the milliseconds of all bursts that are over, and a count that is odd while one is under way. A host that
 * shares the words reads them at any time; one that does not must ask, and a guest that runs does not let the worker
 * answer. Either way the host itself counts how long the present burst has lasted, since the guest cannot be asked.
 */

/** Taken while the thread still has it: a sealed worker has no `Atomics`. */
const { load, store } = Atomics;

const BUSY_MS = 0;
const BURST = 1;
export const METER_BYTES = 8;

/** The cell's side. */
export interface CpuMeter {
  readonly words: Int32Array;
  /** The guest begins to wait. */
  pause(): void;
  /** It begins, or goes on. */
  resume(): void;
  /** It has ended: what the worker still does, such as telling what became of the files, is not counted. */
  end(): void;
}

/** A meter of a guest that has not begun. */
export function createCpuMeter(words: Int32Array, monotonicMs: () => number): CpuMeter {
  let total = 0;
  let since = 0;
  let state: "waits" | "runs" | "ended" = "waits";
  const pause = (): void => {
    if (state !== "runs") return;
    state = "waits";
    total += monotonicMs() - since;
    store(words, BUSY_MS, Math.floor(total));
    store(words, BURST, (load(words, BURST) + 1) | 0);
  };
  return {
    words,
    pause,
    resume() {
      if (state !== "waits") return;
      state = "runs";
      since = monotonicMs();
      store(words, BURST, (load(words, BURST) + 1) | 0);
    },
    end() {
      pause();
      state = "ended";
    },
  };
}

export interface CpuWatch {
  readonly limitSeconds: number;
  /** The words of the meter, if they can be read at any time. */
  readonly shared: Int32Array | undefined;
  /** The words of the meter, now or as soon as the guest waits. */
  readonly read: () => Promise<Int32Array> | Int32Array;
  /** What others were busy for it, so far. */
  readonly chargedMs: () => number;
  /** Called once, with the reason. */
  readonly exceeded: (reason: string) => void;
  readonly monotonicMs: () => number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Short enough for a person who waits for the end of a busy loop, long enough to cost nothing. */
const TICK_MS = 100;

/** What is known of a cell's time. */
export interface WatchedCpu {
  /** Of bursts that are over. */
  readonly busyMs: number;
}

/** Watches a cell until it has used its time or the signal fires. */
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
  let asked = false;
  const heard = (words: Int32Array): void => {
    asked = false;
    busyMs = words[BUSY_MS] ?? 0;
    const now = words[BURST] ?? 0;
    if (now !== burst) burstSinceMs = monotonicMs();
    burst = now;
  };
  const timer = setInterval(() => {
    if (!asked) {
      const words = read();
      if (words instanceof Promise) {
        // Until it is answered the guest runs, for all that is known.
        asked = true;
        burstSinceMs = monotonicMs();
        words.then(heard, () => undefined);
      } else {
        heard(words);
      }
    }
    const isRunning = asked || burst % 2 !== 0;
    const burstMs = isRunning ? monotonicMs() - burstSinceMs : 0;
    const usedMs = busyMs + burstMs + chargedMs();
    if (usedMs < limitSeconds * 1000) return;
    clearInterval(timer);
    exceeded(`It used the ${limitSeconds} s of processor time that it may have`);
  }, TICK_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return watched;
}

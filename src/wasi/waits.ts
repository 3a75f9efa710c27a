/** How a guest waits: suspended, while its thread goes on, or with the thread blocked. Nothing else knows which. */
import type { Eventually, Waiting } from "#base";
import type { WasiPowers } from "./powers.ts";

/** Something that is ready or not now, and can be waited for. */
export interface Awaited {
  readonly ready: boolean;
  /** When it becomes ready by itself, on the monotonic clock; `undefined` when only an event does. */
  readonly dueMs?: number | undefined;
  /** Resolves when it may be ready; asked again after. */
  wait(options?: Waiting): Promise<void>;
}

export interface Waits {
  /** Returns, or resolves, when one of them is ready; at once when one is. Each costs a listener: none stands there twice. */
  until(all: readonly Awaited[]): Eventually<void>;
  /** For calls that need not wait: a loop of them must not starve the other tasks of the thread. */
  turn(): Eventually<void>;
  /** The value, once it has come; for what the guest waits for that is no stream, clock or file's stream. */
  settled<T>(value: Eventually<T>): Eventually<T>;
}

/** Notified when the guest begins to wait, and when it resumes. */
export interface Meter {
  pause(): void;
  resume(): void;
}

/** Short against what a person or a peer notices, long against a turn's cost of some 20 µs. */
const TURN_MS = 2;

/**
 * A guest that is suspended, by promises that its imports return.
 *
 * One that finds its answer ready is resumed within the same turn of the event loop, so a busy one would never let a
 * MessagePort deliver: no bytes, no credit, no end. So now and then it waits a turn.
 */
export function createSuspendingWaits(
  powers: Pick<WasiPowers, "monotonicMs"> & {
    /** Resolves after what waits in the event loop had its turn. */
    nextTurn(): Promise<void>;
  },
  meter?: Meter,
): Waits {
  let last = powers.monotonicMs();
  const wait = async <T>(value: Promise<T>): Promise<T> => {
    meter?.pause();
    try {
      return await value;
    } finally {
      meter?.resume();
      last = powers.monotonicMs();
    }
  };
  const turn = (): Promise<void> | undefined =>
    powers.monotonicMs() - last < TURN_MS ? undefined : wait(powers.nextTurn());
  const suspend = async (
    all: readonly Awaited[],
    turning: Promise<void> | undefined,
  ): Promise<void> => {
    if (turning !== undefined) await turning;
    while (!all.some(isReady)) await wait(waitForAny(all));
  };
  return {
    turn,
    settled: (value) => (value instanceof Promise ? wait(value) : value),
    until(all) {
      const turning = turn();
      return turning === undefined && all.some(isReady) ? undefined : suspend(all, turning);
    },
  };
}

/** A thread that can block until another thread acts. */
export interface BlockingThread {
  /** What to give to `block`: taken before looking whether there is anything to wait for. */
  mark(): number;
  /** Blocks until another thread has acted since the mark, or the time is over. */
  block(mark: number, timeoutMs: number): void;
}

/** A guest whose thread blocks while it waits; it needs no turns, since it has the thread for itself. */
export function createBlockingWaits(
  thread: BlockingThread,
  { monotonicMs }: Pick<WasiPowers, "monotonicMs">,
): Waits {
  return {
    turn: () => undefined,
    // Nothing that a blocked thread is given can come later.
    settled: (value) => value,
    until(all) {
      for (;;) {
        const mark = thread.mark();
        if (all.some(isReady)) return undefined;
        const dueMs = all.reduce((first, { dueMs = Infinity }) => Math.min(first, dueMs), Infinity);
        thread.block(mark, Math.max(0, dueMs - monotonicMs()));
      }
    },
  };
}

function isReady(awaited: Awaited): boolean {
  return awaited.ready;
}

async function waitForAny(all: readonly Awaited[]): Promise<void> {
  const [only] = all;
  if (only !== undefined && all.length === 1) return only.wait();
  const done = new AbortController();
  try {
    await Promise.race(all.map((awaited) => awaited.wait({ signal: done.signal })));
  } finally {
    // Takes the losers back; the reason is a constant since an error with a stack costs more than the poll.
    done.abort("polled");
  }
}

/** How a guest waits: by suspending it, or by blocking its thread. No other code depends on which of the two it is. */
import type { Eventually, Waiting } from "#base";
import type { WasiPowers } from "./powers.ts";

/** Something that is ready or not, and can be waited for. */
export interface Awaited {
  readonly ready: boolean;
  /** When it becomes ready by itself, on the monotonic clock; `undefined` when only an event does. */
  readonly dueMs?: number | undefined;
  /** Whether it is the cell's standard input. */
  readonly isInput?: boolean | undefined;
  /** Resolves when it may be ready; `ready` must be checked again. */
  wait(options?: Waiting): Promise<void>;
}

export interface Waits {
  /** Returns, or resolves, when one of them is ready. Each costs a listener, so none may be listed twice. */
  until(all: readonly Awaited[]): Eventually<void>;
  /** For calls that need not wait: gives other tasks of the thread a turn if one is due, so that a loop does not starve them. */
  turn(): Eventually<void>;
  /** The value, awaited; for waiting on anything but a stream, a clock or a stream of a file. */
  settled<T>(value: Eventually<T>): Eventually<T>;
}

/** Notified when the guest begins to wait, and when it resumes. */
export interface Meter {
  /** @param forInput whether it waits for standard input, alone or beside other things */
  pause(forInput: boolean): void;
  resume(): void;
}

/** Too short for a person or a peer to notice, long compared to the cost of a turn, about 20 µs. */
const TURN_MS = 2;

/**
 * For a guest that is suspended, by promises that its imports return.
 *
 * A guest that finds its answer ready is resumed within the same turn of the event loop, so a busy guest would never let a
 * MessagePort deliver: no bytes, no credit, no end. So it is suspended for a turn from time to time.
 */
export function createSuspendingWaits(
  powers: Pick<WasiPowers, "monotonicMs"> & {
    /** Resolves after the tasks that wait in the event loop have run. */
    nextTurn(): Promise<void>;
  },
  meter?: Meter,
): Waits {
  let last = powers.monotonicMs();
  const wait = async <T>(value: Promise<T>, forInput = false): Promise<T> => {
    meter?.pause(forInput);
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
    while (!all.some(isReady)) await wait(waitForAny(all), all.some(isInput));
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
  /** The argument of `block`: to be taken before checking whether there is anything to wait for. */
  mark(): number;
  /** Blocks until another thread has acted since the mark, or the time is over. @param forInput as `Meter.pause` has it */
  block(mark: number, timeoutMs: number, forInput: boolean): void;
}

/**
 * For a guest whose thread blocks while it waits; it needs no turns, since it has the thread to itself.
 *
 * @param pump called before the thread blocks, to send what still waits: no event loop does so
 */
export function createBlockingWaits(
  thread: BlockingThread,
  { monotonicMs }: Pick<WasiPowers, "monotonicMs">,
  pump?: () => void,
): Waits {
  return {
    turn: () => undefined,
    // A blocked thread's powers answer at once, so there is no promise to wait for.
    settled: (value) => value,
    until(all) {
      for (;;) {
        const mark = thread.mark();
        if (all.some(isReady)) return undefined;
        pump?.();
        if (pump !== undefined && all.some(isReady)) return undefined;
        const dueMs = all.reduce((first, { dueMs = Infinity }) => Math.min(first, dueMs), Infinity);
        thread.block(mark, Math.max(0, dueMs - monotonicMs()), all.some(isInput));
      }
    },
  };
}

function isReady(awaited: Awaited): boolean {
  return awaited.ready;
}

function isInput(awaited: Awaited): boolean {
  return awaited.isInput === true;
}

async function waitForAny(all: readonly Awaited[]): Promise<void> {
  const [only] = all;
  if (only !== undefined && all.length === 1) return only.wait();
  const done = new AbortController();
  try {
    await Promise.race(all.map((awaited) => awaited.wait({ signal: done.signal })));
  } finally {
    // Removes the other listeners; the reason is a constant, since an error with a stack costs more than the poll.
    done.abort("polled");
  }
}

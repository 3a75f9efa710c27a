/**
 * Shares one thread between connections: each handles messages for a time slice, then waits for its turn.
 *
 * Without it, a peer that sends without pause is served in microtasks for ever, and starves other peers and the user
 * interface. Each turn of the event loop gives a slice to one waiting connection, so a peer that sends little waits
 * for about one slice, however many others are busy.
 */
import { afterTurn, nextTurn } from "./turns.ts";

/** Far longer than an empty turn of the event loop, far shorter than a person notices. */
const SLICE_MS = 2;
/** Messages between two readings of the clock; one reading costs as much as a small message. */
const STEP = 32;
/** A slice in messages, for engines without a clock. */
const SLICE_MESSAGES = 1024;

/** Pass the same scheduler to all connections of a thread: `connect(transport, { scheduler })`. */
export interface Scheduler {
  /** Messages between two calls of `nowMs`. */
  readonly step: number;
  /** Changes with each turn of the event loop after a call of `nowMs`. */
  readonly turn: number;
  nowMs(): number;
  /** Calls back after all that wait already. @returns false where the engine has no event loop */
  wait(then: () => void): boolean;
}

/** @param monotonicMs the clock; without it, messages are counted */
export function createScheduler(monotonicMs?: () => number): Scheduler {
  const waiting: (() => void)[] = [];
  let turn = 0;
  let isTurnAsked = false;
  let steps = 0;
  const runNext = (): void => {
    turn++;
    const then = waiting.shift();
    if (waiting.length > 0) nextTurn(runNext);
    then?.();
  };
  return {
    step: monotonicMs === undefined ? SLICE_MESSAGES : STEP,
    get turn() {
      return turn;
    },
    nowMs() {
      isTurnAsked ||= afterTurn(() => {
        isTurnAsked = false;
        turn++;
      });
      // Without a clock, each step counts as more than a slice.
      return monotonicMs?.() ?? ++steps * 2 * SLICE_MS;
    },
    wait(then) {
      if (waiting.length === 0 && !nextTurn(runNext)) return false;
      waiting.push(then);
      return true;
    },
  };
}

/** One connection's time slice. */
export class Slice {
  readonly #scheduler: Scheduler;
  readonly #onUsed: ((ms: number) => void) | undefined;
  #left: number;
  #turn = -1;
  #sinceMs = 0;
  #lastMs = 0;

  /** @param onUsed called from time to time with the ms used since the last call */
  constructor(scheduler: Scheduler, onUsed: ((ms: number) => void) | undefined) {
    this.#scheduler = scheduler;
    this.#onUsed = onUsed;
    this.#left = scheduler.step;
  }

  /** Whether the last message read the clock. */
  get isFresh(): boolean {
    return this.#left === this.#scheduler.step;
  }

  /** Counts messages. @returns whether the slice is used up */
  count(messages = 1): boolean {
    this.#left -= messages;
    return this.#left <= 0 && this.#readClock();
  }

  #readClock(): boolean {
    const scheduler = this.#scheduler;
    this.#left = scheduler.step;
    const nowMs = scheduler.nowMs();
    if (this.#turn !== scheduler.turn) {
      // A new turn has begun, so the last one did not use up its slice.
      this.#turn = scheduler.turn;
      this.#sinceMs = nowMs;
      this.#lastMs = nowMs;
      return false;
    }
    this.#onUsed?.(nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    return nowMs - this.#sinceMs > SLICE_MS;
  }
}

/**
 * Shares the time of one thread between connections: each handles messages for a slice of time, then waits for its turn.
 *
 * Without it, a peer that sends without a pause is served in microtasks for ever, and nobody else is: neither other peers
 * nor a person who wants to stop it. Of the connections that wait, one has its slice in each turn of the event loop, so a
 * peer that sends little waits for about one slice, however many others are in a hurry.
 */
import { afterTurn, nextTurn } from "./turns.ts";

/** Far longer than a turn of the event loop takes by itself, far shorter than a person notices. */
const SLICE_MS = 2;
/** How many messages are handled between two looks at the clock, which costs as much as a small message. */
const STEP = 32;
/** Where there is no clock, so many messages stand for a slice. */
const SLICE_MESSAGES = 1024;

/** To be given to all connections of a thread: `connect(transport, { scheduler })`. */
export interface Scheduler {
  /** How many messages are handled between two calls of `nowMs`. */
  readonly step: number;
  /** Another number in each turn of the event loop that comes after a call of `nowMs`. */
  readonly turn: number;
  nowMs(): number;
  /** Calls back when all that wait already have had their slice. @returns false where there are no turns */
  wait(then: () => void): boolean;
}

/** @param monotonicMs without it, messages are counted */
export function createScheduler(monotonicMs?: () => number): Scheduler {
  const waiting: (() => void)[] = [];
  let turn = 0;
  let isTurnAsked = false;
  let steps = 0;
  const goOn = (): void => {
    turn++;
    const then = waiting.shift();
    if (waiting.length > 0) nextTurn(goOn);
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
      // Each step is longer than a slice.
      return monotonicMs?.() ?? ++steps * 2 * SLICE_MS;
    },
    wait(then) {
      if (waiting.length === 0 && !nextTurn(goOn)) return false;
      waiting.push(then);
      return true;
    },
  };
}

/** What one connection uses of its time. */
export class Slice {
  readonly #scheduler: Scheduler;
  readonly #onUsed: ((ms: number) => void) | undefined;
  #left: number;
  #turn = -1;
  #sinceMs = 0;
  #lastMs = 0;

  /** @param onUsed told, now and then, how long the connection has been busy since it was told last */
  constructor(scheduler: Scheduler, onUsed: ((ms: number) => void) | undefined) {
    this.#scheduler = scheduler;
    this.#onUsed = onUsed;
    this.#left = scheduler.step;
  }

  /** Whether the clock was looked at for the last message. */
  get isFresh(): boolean {
    return this.#left === this.#scheduler.step;
  }

  /** To be called for each message. @returns whether the slice is used up */
  count(messages = 1): boolean {
    this.#left -= messages;
    return this.#left <= 0 && this.#look();
  }

  #look(): boolean {
    const scheduler = this.#scheduler;
    this.#left = scheduler.step;
    const nowMs = scheduler.nowMs();
    if (this.#turn !== scheduler.turn) {
      // The last turn has ended without having been used up: what was done in it was little.
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

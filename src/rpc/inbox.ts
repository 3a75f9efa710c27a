/**
 * Frames that have arrived and are not handled yet.
 *
 * Mostly there are none. But a peer that has used up its slice of time waits for the next one, and while too much of the
 * peer's waits to be done, nothing more is read.
 */
import { Slice } from "./scheduler.ts";
import type { Scheduler } from "./scheduler.ts";

/** How often a call's promises settle one after the other before it is answered. */
const SETTLING = 8;

/**
 * Lets what the messages have begun go on. Calls are answered in microtasks, which a read's messages would all come before:
 * a hundred calls that take longer than the slice would seem to take nothing.
 */
async function settle(): Promise<void> {
  // oxlint-disable-next-line typescript/await-thenable -- others go on meanwhile
  for (let left = SETTLING; left > 0; left--) await undefined;
}

interface Arrived {
  readonly frame: Uint8Array;
  readonly isAlone: boolean;
}

export class Inbox {
  readonly #handle: (frame: Uint8Array, isAlone: boolean) => void;
  readonly #scheduler: Scheduler;
  readonly #slice: Slice;
  #waiting: Arrived[] = [];
  #first = 0;
  #isResting = false;
  #isHeld = false;
  /** Present while frames wait: resolves when the next may come. */
  #ready: PromiseWithResolvers<void> | undefined;
  #onEmpty: (() => void) | undefined;

  /** @param onUsed told how long its messages have kept the thread busy */
  constructor(
    handle: (frame: Uint8Array, isAlone: boolean) => void,
    scheduler: Scheduler,
    onUsed?: (ms: number) => void,
  ) {
    this.#handle = handle;
    this.#scheduler = scheduler;
    this.#slice = new Slice(scheduler, onUsed);
  }

  /** Takes over the frame. @returns when the next one is wanted; nothing where that is now */
  receive(frame: Uint8Array, isAlone: boolean): void | Promise<void> {
    if (this.#isResting || this.#isHeld || this.#waiting.length > 0) {
      this.#waiting.push({ frame, isAlone });
    } else {
      this.#handle(frame, isAlone);
      if (this.#slice.count()) this.#rest();
      if (!this.#isResting && !this.#isHeld) return this.#slice.isFresh ? settle() : undefined;
    }
    this.#ready ??= Promise.withResolvers();
    return this.#ready.promise;
  }

  /** A message took as long as so many others. */
  countAs(messages: number): void {
    if (this.#slice.count(messages)) this.#rest();
  }

  /** Whether frames shall wait. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    // Not now: whoever says so is in the middle of something.
    if (!isHeld && this.#waiting.length > 0) queueMicrotask(() => this.#goOn());
    else if (!isHeld) this.#open();
  }

  /** Nothing more comes; calls back when everything that came was handled. */
  close(then: () => void): void {
    this.#isHeld = false;
    this.#onEmpty = then;
    this.#goOn();
  }

  clear(): void {
    this.#waiting = [];
    this.#first = 0;
    this.#onEmpty = undefined;
    this.#isHeld = false;
    this.#ready?.resolve();
    this.#ready = undefined;
  }

  #rest(): void {
    if (this.#isResting) return;
    this.#isResting = this.#scheduler.wait(() => {
      this.#isResting = false;
      this.#goOn();
    });
  }

  #goOn(): void {
    while (!this.#isResting && !this.#isHeld && this.#first < this.#waiting.length) {
      const { frame, isAlone } = this.#waiting[this.#first++] ?? NOTHING;
      this.#handle(frame, isAlone);
      if (this.#slice.count()) this.#rest();
    }
    if (this.#first < this.#waiting.length) return;
    this.#waiting = [];
    this.#first = 0;
    if (!this.#isResting && !this.#isHeld) this.#open();
    const then = this.#onEmpty;
    this.#onEmpty = undefined;
    then?.();
  }

  #open(): void {
    if (this.#isResting) return;
    this.#ready?.resolve();
    this.#ready = undefined;
  }
}

const NOTHING: Arrived = { frame: new Uint8Array(0), isAlone: false };

/**
 * Frames that have arrived and are not handled yet.
 *
 * Mostly there are none. But a peer can fill a turn of the event loop, in which nobody else is served, with as many messages
 * as fit into what one read brings; so after so many in one turn the rest waits for the next. And while too much of the
 * peer's waits to be done, nothing more is read.
 */
import { afterTurn, nextTurn } from "./turns.ts";

/** Messages of one turn, some 5 ms; counted, for a clock would cost as much as a small message. */
const TURN = 1024;

interface Arrived {
  readonly frame: Uint8Array;
  readonly isAlone: boolean;
}

export class Inbox {
  readonly #handle: (frame: Uint8Array, isAlone: boolean) => void;
  #waiting: Arrived[] = [];
  #first = 0;
  #handled = 0;
  /** A turn has been asked for, and has not come. */
  #turnIsAsked = false;
  #isResting = false;
  #isHeld = false;
  /** Present while frames wait: resolves when the next may come. */
  #ready: PromiseWithResolvers<void> | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(handle: (frame: Uint8Array, isAlone: boolean) => void) {
    this.#handle = handle;
  }

  /** Takes over the frame. @returns when the next one is wanted; nothing where that is now */
  receive(frame: Uint8Array, isAlone: boolean): void | Promise<void> {
    if (this.#isResting || this.#isHeld || this.#waiting.length > 0) {
      this.#waiting.push({ frame, isAlone });
    } else {
      this.#handle(frame, isAlone);
      if (++this.#handled >= TURN) this.#endTurn();
      if (!this.#isResting && !this.#isHeld) return;
    }
    this.#ready ??= Promise.withResolvers();
    return this.#ready.promise;
  }

  /** A message took as long as so many others. */
  countAs(messages: number): void {
    this.#handled += messages;
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

  /** So many messages may have come in one turn; that is known when the end of a turn has not come meanwhile. */
  #endTurn(): void {
    this.#handled = 0;
    if (!this.#turnIsAsked) {
      this.#turnIsAsked = afterTurn(() => void (this.#turnIsAsked = false));
      return;
    }
    this.#isResting = nextTurn(() => {
      this.#isResting = false;
      this.#goOn();
    });
  }

  #goOn(): void {
    while (!this.#isResting && !this.#isHeld && this.#first < this.#waiting.length) {
      const { frame, isAlone } = this.#waiting[this.#first++] ?? NOTHING;
      this.#handle(frame, isAlone);
      if (++this.#handled >= TURN) this.#endTurn();
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

/**
 * Queue of frames that have arrived and are not handled yet.
 *
 * It is usually empty. Frames wait while the peer has used up its time slice, or while the backlog is full.
 */
import { Slice } from "./scheduler.ts";
import type { Scheduler } from "./scheduler.ts";

/** Number of microtasks within which most calls are answered. */
const SETTLING = 8;

/**
 * Lets calls that just started make progress before the next read. Calls are answered in microtasks, which would
 * otherwise run after all messages of a read: a hundred long calls would seem to take no time.
 */
async function settle(): Promise<void> {
  // oxlint-disable-next-line typescript/await-thenable -- lets other microtasks run
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
  #hasYielded = false;
  #isHeld = false;
  /** Resolves when the next frame may be delivered; present while frames wait. */
  #ready: PromiseWithResolvers<void> | undefined;
  #onEmpty: (() => void) | undefined;

  /** @param onUsed called with the ms that messages have used */
  constructor(
    handle: (frame: Uint8Array, isAlone: boolean) => void,
    scheduler: Scheduler,
    onUsed?: (ms: number) => void,
  ) {
    this.#handle = handle;
    this.#scheduler = scheduler;
    this.#slice = new Slice(scheduler, onUsed);
  }

  /** Takes ownership of the frame. @returns a promise to await before the next frame, or nothing */
  receive(frame: Uint8Array, isAlone: boolean): void | Promise<void> {
    if (this.#hasYielded || this.#isHeld || this.#waiting.length > 0) {
      this.#waiting.push({ frame, isAlone });
    } else {
      this.#handle(frame, isAlone);
      if (this.#slice.count()) this.#yieldThread();
      if (!this.#hasYielded && !this.#isHeld) return this.#slice.isFresh ? settle() : undefined;
    }
    this.#ready ??= Promise.withResolvers();
    return this.#ready.promise;
  }

  /** Charges `messages` further messages to the peer, for one that costs more than a small one. */
  countAs(messages: number): void {
    if (this.#slice.count(messages)) this.#yieldThread();
  }

  /** Pauses or resumes handling. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    // Deferred, since the caller may be changing its tables.
    if (!isHeld && this.#waiting.length > 0) queueMicrotask(() => this.#resume());
    else if (!isHeld) this.#open();
  }

  /** Marks the end of input. Calls back once all frames are handled. */
  close(then: () => void): void {
    this.#isHeld = false;
    this.#onEmpty = then;
    this.#resume();
  }

  clear(): void {
    this.#waiting = [];
    this.#first = 0;
    this.#onEmpty = undefined;
    this.#isHeld = false;
    this.#ready?.resolve();
    this.#ready = undefined;
  }

  #yieldThread(): void {
    if (this.#hasYielded) return;
    this.#hasYielded = this.#scheduler.wait(() => {
      this.#hasYielded = false;
      this.#resume();
    });
  }

  #resume(): void {
    while (!this.#hasYielded && !this.#isHeld && this.#first < this.#waiting.length) {
      const { frame, isAlone } = this.#waiting[this.#first++] ?? NOTHING;
      this.#handle(frame, isAlone);
      if (this.#slice.count()) this.#yieldThread();
    }
    if (this.#first < this.#waiting.length) return;
    this.#waiting = [];
    this.#first = 0;
    if (!this.#hasYielded && !this.#isHeld) this.#open();
    const then = this.#onEmpty;
    this.#onEmpty = undefined;
    then?.();
  }

  #open(): void {
    if (this.#hasYielded) return;
    this.#ready?.resolve();
    this.#ready = undefined;
  }
}

const NOTHING: Arrived = { frame: new Uint8Array(0), isAlone: false };

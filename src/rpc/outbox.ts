/** Frames that leave together: what is sent in one turn. */
import type { Load } from "./load.ts";
import type { Transport } from "./transport.ts";

/**
 * A turn in which more is sent leaves in pieces, so that the peer works on the first while this side makes the next: 64
 * calls at a time took 1.4 times as long in one piece.
 */
const PIECE_BYTES = 4 * 1024;
/** What is given to a transport at once that was full: more than its peer takes at once, and much less than may wait. */
const PORTION_BYTES = 256 * 1024;
const SETTLED = Promise.resolve();

/** While the peer does not read, frames wait here, in order. Those of answers are counted against the peer. */
export class Outbox {
  readonly #transport: Transport;
  readonly #load: Load;
  readonly #onLeaving: () => void;
  #frames: Uint8Array[] = [];
  #counted = new Set<Uint8Array>();
  #sizeBytes = 0;
  #planned = false;
  #leaving = false;
  /** The transport has asked to wait. */
  #isFull = false;

  /** @param onLeaving called before frames leave: what is pushed from inside leaves with them */
  constructor(transport: Transport, load: Load, onLeaving: () => void) {
    this.#transport = transport;
    this.#load = load;
    this.#onLeaving = onLeaving;
  }

  /** Takes over the frame. @param isAnswer whether the peer asked for it, so that it costs the peer when it does not read it */
  push(frame: Uint8Array, isAnswer: boolean): void {
    this.#frames.push(frame);
    this.#sizeBytes += frame.length;
    if (this.#isFull) {
      if (isAnswer) this.#count(frame);
      return;
    }
    if (this.#sizeBytes >= PIECE_BYTES) return this.leave();
    if (this.#planned) return;
    this.#planned = true;
    // Does what `queueMicrotask` does, which takes 1.3 µs in Chromium, and this 0.4.
    void SETTLED.then(this.#leavePlanned);
  }

  /** Sends at once what is there; while frames leave, what is pushed only joins them. */
  leave(): void {
    if (this.#leaving || this.#isFull || this.#frames.length === 0) return;
    this.#leaving = true;
    this.#onLeaving();
    this.#leaving = false;
    const frames = this.#frames;
    this.#frames = [];
    this.#sizeBytes = 0;
    this.#send(frames);
  }

  /** Drops what the peer has not made room for: what is pushed next is the last. */
  clear(): void {
    this.#frames = [];
    this.#sizeBytes = 0;
    this.#uncount(this.#counted);
    this.#isFull = false;
  }

  readonly #leavePlanned = (): void => {
    this.leave();
    this.#planned = false;
  };

  #send(frames: readonly Uint8Array[]): void {
    const ready: unknown = this.#transport.send(frames);
    if (!(ready instanceof Promise)) return;
    this.#isFull = true;
    void ready.then(this.#goOn);
  }

  readonly #goOn = (): void => {
    if (!this.#isFull) return;
    this.#isFull = false;
    while (!this.#isFull && this.#frames.length > 0) {
      let sizeBytes = 0;
      let count = 0;
      for (const { length } of this.#frames) {
        if (sizeBytes >= PORTION_BYTES) break;
        sizeBytes += length;
        count++;
      }
      const portion = this.#frames.splice(0, count);
      this.#sizeBytes -= sizeBytes;
      this.#uncount(portion);
      this.#send(portion);
    }
  };

  #count(frame: Uint8Array): void {
    this.#counted.add(frame);
    this.#load.add(frame.length);
  }

  #uncount(frames: Iterable<Uint8Array>): void {
    if (this.#counted.size === 0) return;
    for (const frame of frames) {
      if (this.#counted.delete(frame)) this.#load.remove(frame.length);
    }
  }
}

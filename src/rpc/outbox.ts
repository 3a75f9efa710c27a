/** Batches the frames of one turn into one send. */
import type { Load } from "./load.ts";
import type { Transport } from "./transport.ts";

/**
 * A batch of this size is sent at once, so that the peer works while this side continues: 64 calls at a time took 1.4
 * times as long in a single batch.
 */
const PIECE_BYTES = 4 * 1024;
/** Size of a batch after back-pressure: more than the peer reads at once, and far less than may be queued. */
const PORTION_BYTES = 256 * 1024;
const SETTLED = Promise.resolve();

/** Queue of outgoing frames, in order. While the transport is full, frames of answers are charged to the peer. */
export class Outbox {
  readonly #transport: Transport;
  readonly #load: Load;
  readonly #onFlush: () => void;
  #frames: Uint8Array[] = [];
  #counted = new Set<Uint8Array>();
  #sizeBytes = 0;
  #planned = false;
  #flushing = false;
  /** The transport has signalled back-pressure. */
  #isFull = false;

  /** @param onFlush called before each batch; frames pushed from inside join it */
  constructor(transport: Transport, load: Load, onFlush: () => void) {
    this.#transport = transport;
    this.#load = load;
    this.#onFlush = onFlush;
  }

  /**
   * Takes ownership of the frame. @param isAnswer whether the peer caused the frame, and is charged for it while it
   * does not read
   */
  push(frame: Uint8Array, isAnswer: boolean): void {
    this.#frames.push(frame);
    this.#sizeBytes += frame.length;
    if (this.#isFull) {
      if (isAnswer) this.#count(frame);
      return;
    }
    if (this.#sizeBytes >= PIECE_BYTES) return this.flush();
    if (this.#planned) return;
    this.#planned = true;
    // Does what `queueMicrotask` does in 0.4 µs instead of 1.3 µs (Chromium).
    void SETTLED.then(this.#flushPlanned);
  }

  /** Sends the batch now. Frames pushed while it is being sent join it. */
  flush(): void {
    if (this.#flushing || this.#isFull || this.#frames.length === 0) return;
    this.#flushing = true;
    this.#onFlush();
    this.#flushing = false;
    const frames = this.#frames;
    this.#frames = [];
    this.#sizeBytes = 0;
    this.#send(frames);
  }

  /** Drops all queued frames and ignores back-pressure; only an Abort follows. */
  clear(): void {
    this.#frames = [];
    this.#sizeBytes = 0;
    this.#uncount(this.#counted);
    this.#isFull = false;
  }

  readonly #flushPlanned = (): void => {
    this.flush();
    this.#planned = false;
  };

  #send(frames: readonly Uint8Array[]): void {
    const ready: unknown = this.#transport.send(frames);
    if (!(ready instanceof Promise)) return;
    this.#isFull = true;
    void ready.then(this.#resume);
  }

  readonly #resume = (): void => {
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

/** Frames that leave together: what is sent in one turn. */
import type { Transport } from "./transport.ts";

/**
 * A turn in which more is sent leaves in pieces, so that the peer works on the first while this side makes the next: 64
 * calls at a time took 1.4 times as long in one piece.
 */
const PIECE_BYTES = 4 * 1024;
const SETTLED = Promise.resolve();

export class Outbox {
  readonly #transport: Transport;
  readonly #onLeaving: () => void;
  #frames: Uint8Array[] = [];
  #sizeBytes = 0;
  #planned = false;
  #leaving = false;

  /** @param onLeaving called before frames leave: what is pushed from inside leaves with them */
  constructor(transport: Transport, onLeaving: () => void) {
    this.#transport = transport;
    this.#onLeaving = onLeaving;
  }

  /** Takes over the frame. */
  push(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#sizeBytes += frame.length;
    if (this.#sizeBytes >= PIECE_BYTES) return this.leave();
    if (this.#planned) return;
    this.#planned = true;
    // Does what `queueMicrotask` does, which takes 1.3 µs in Chromium, and this 0.4.
    void SETTLED.then(this.#leavePlanned);
  }

  /** Sends at once what is there; while frames leave, what is pushed only joins them. */
  leave(): void {
    if (this.#leaving || this.#frames.length === 0) return;
    this.#leaving = true;
    this.#onLeaving();
    this.#leaving = false;
    const frames = this.#frames;
    this.#frames = [];
    this.#sizeBytes = 0;
    if (frames.length > 0) this.#transport.send(frames);
  }

  readonly #leavePlanned = (): void => {
    this.leave();
    this.#planned = false;
  };
}

/** Memory in which messages are built. */
import { RefCount } from "./ref-count.ts";

/** The largest message that is built in a slab, and the size of a slab. */
export const SMALL_BYTES: number = 2 * 1024;
const SLAB_BYTES = 64 * 1024;
/** The largest spare buffer, and the number of spare buffers. */
const SPARE_BYTES = 1024 * 1024;
const SPARES = 16;
/**
 * A spare buffer serves no message smaller than a quarter of it, since the whole buffer is transferred with the
 * message.
 */
const SPARE_RATIO = 4;

/**
 * Allocates memory for messages. Small ones share a slab, since a buffer for each would cost more than the rest of a
 * call.
 *
 * Slab memory is never reused, so small messages stay valid as long as they are referenced. A large message gets a
 * buffer of its own, recycled if possible: fresh memory costs ten times as much as copying the message into it.
 */
export class MessageSpace {
  #slab: Memory | undefined;
  #at = 0;
  #isOpen = false;
  readonly #spares: ArrayBuffer[] = [];
  readonly #onSurplus: ((buffer: ArrayBuffer) => void) | undefined;

  /**
   * @param onSurplus takes ownership of a recycled buffer that exceeds the spares kept here, to send it back for the
   * peer to `keep`: a side that sends more large messages than it receives has none to recycle. Every such buffer came
   * from the peer, so sending it back discloses nothing.
   */
  constructor(onSurplus?: (buffer: ArrayBuffer) => void) {
    this.#onSurplus = onSurplus;
  }

  /** The offset of the memory that `open` returns. */
  get at(): number {
    return this.#at;
  }

  /** Reserves zeroed memory for one small message at `at`, until `close`; `undefined` while another message uses it. */
  open(): Memory | undefined {
    if (this.#isOpen) return undefined;
    if (this.#slab === undefined || this.#at + SMALL_BYTES > SLAB_BYTES) {
      this.#slab = new Memory(new Uint8Array(SLAB_BYTES));
      this.#at = 0;
    }
    this.#isOpen = true;
    return this.#slab;
  }

  /** Ends the reservation. @param usedBytes the size of the message */
  close(usedBytes: number): void {
    this.#at += Math.min(usedBytes, SMALL_BYTES);
    this.#isOpen = false;
  }

  /** A recycled buffer, zeroed, for a message of this size. */
  takeSpare(sizeBytes: number): Memory | undefined {
    const spare = this.#spares.findLast(
      ({ byteLength }) => byteLength >= sizeBytes && byteLength <= sizeBytes * SPARE_RATIO,
    );
    if (spare === undefined) return undefined;
    this.#spares.splice(this.#spares.indexOf(spare), 1);
    return new Memory(new Uint8Array(spare).fill(0));
  }

  /** Recycles a buffer; if there are too many now, the oldest is surplus. Takes ownership of it. */
  giveBack(buffer: ArrayBuffer): void {
    const oldest = this.keep(buffer);
    if (oldest) this.#onSurplus?.(oldest);
  }

  /** Recycles a buffer; returns the oldest one if there are too many now. Takes ownership of it. */
  keep(buffer: ArrayBuffer): ArrayBuffer | undefined {
    if (buffer.byteLength > SPARE_BYTES) return undefined;
    return this.#spares.push(buffer) > SPARES ? this.#spares.shift() : undefined;
  }
}

/** A whole zeroed buffer as bytes and as a DataView. */
export class Memory {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** The memory of one received message; recycled when the last reader releases it. */
export class Loan {
  readonly #buffer: ArrayBuffer;
  readonly #space: MessageSpace;
  readonly #refCount = new RefCount();

  constructor(buffer: ArrayBuffer, space: MessageSpace) {
    this.#buffer = buffer;
    this.#space = space;
  }

  /** Increments the reference count. */
  hold(): void {
    this.#refCount.add();
  }

  /** Decrements the reference count; at 0 the memory is recycled. */
  release(): void {
    if (this.#refCount.remove()) this.#space.giveBack(this.#buffer);
  }
}

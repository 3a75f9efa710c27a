/** Where messages are built. */
import { Holders } from "./holders.ts";

/** The largest message in a space, and how many bytes a space takes at once. */
export const SMALL_BYTES: number = 2 * 1024;
const SLAB_BYTES = 64 * 1024;
/** How much memory is kept for later, each and how often. */
const SPARE_BYTES = 1024 * 1024;
const SPARES = 16;
/** Memory is not used for what is much smaller: it leaves with the message. */
const SPARE_RATIO = 4;

/**
 * Memory for many small messages, one after the other: a buffer for each of them would cost more than all the rest.
 *
 * Such memory is never used twice, so what was built can be read for as long as anybody holds it. A large message gets
 * memory of its own, of one that is read no more if there is any: fresh memory costs ten times what copying into it does.
 */
export class MessageSpace {
  #slab: Memory | undefined;
  #at = 0;
  #isOpen = false;
  readonly #spares: ArrayBuffer[] = [];

  /** Where the room begins that `open` gives. */
  get at(): number {
    return this.#at;
  }

  /** Zeroed room for one small message at `at`, up to `close`; `undefined` while another message has it. */
  open(): Memory | undefined {
    if (this.#isOpen) return undefined;
    if (this.#slab === undefined || this.#at + SMALL_BYTES > SLAB_BYTES) {
      this.#slab = new Memory(new Uint8Array(SLAB_BYTES));
      this.#at = 0;
    }
    this.#isOpen = true;
    return this.#slab;
  }

  /** The message has used this much, and will use no more. */
  close(usedBytes: number): void {
    this.#at += Math.min(usedBytes, SMALL_BYTES);
    this.#isOpen = false;
  }

  /** Memory that was given back, zeroed, with room for a message of this size. */
  takeSpare(sizeBytes: number): Memory | undefined {
    const at = this.#spares.findLastIndex(
      ({ byteLength }) => byteLength >= sizeBytes && byteLength <= sizeBytes * SPARE_RATIO,
    );
    const [spare] = at === -1 ? [] : this.#spares.splice(at, 1);
    return spare === undefined ? undefined : new Memory(new Uint8Array(spare).fill(0));
  }

  /** Takes over what nobody reads any more. */
  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength > SPARE_BYTES) return;
    if (this.#spares.length === SPARES) this.#spares.shift();
    this.#spares.push(buffer);
  }
}

/** Zeroed bytes, a whole buffer of them, and the view of it. */
export class Memory {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** The memory of one received message, until all who read the message have let go: then the space has it. */
export class Loan {
  readonly #buffer: ArrayBuffer;
  readonly #space: MessageSpace;
  readonly #holders = new Holders();

  constructor(buffer: ArrayBuffer, space: MessageSpace) {
    this.#buffer = buffer;
    this.#space = space;
  }

  /** Adds a holder. */
  hold(): void {
    this.#holders.add();
  }

  /** Takes one holder away. */
  release(): void {
    if (this.#holders.remove()) this.#space.giveBack(this.#buffer);
  }
}

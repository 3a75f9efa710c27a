/** Bytes as text, two a sign, for small posts: a string is cloned faster than an array, which takes a buffer each time. */
import { concatBytes } from "#base";

/** From this size on, an array is as fast. */
export const TEXT_BYTES: number = 1024;
/** What is read from texts lies in buffers of so many signs, which are never used twice. */
const SLAB_SIGNS = 8 * 1024;

/** @param parts of an even size each, {@link TEXT_BYTES} at most together */
export function toText(parts: readonly Uint8Array[]): string {
  const bytes = concatBytes(parts);
  const { buffer, byteOffset, length } = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  const signs = new Uint16Array(buffer, byteOffset, length / 2);
  // A spread would go through an iterator, ten times as slow.
  return Reflect.apply(String.fromCharCode, undefined, signs);
}

/** Reads such texts, in the same process: the bytes of a sign lie as its processor has them. */
export class TextReader {
  #slab = new Uint16Array(SLAB_SIGNS);
  #used = 0;

  /** The bytes of a text; `undefined` when it is too long to be one. */
  toBytes(text: string): Uint8Array | undefined {
    const { length } = text;
    if (length > TEXT_BYTES / 2) return undefined;
    if (this.#used + length > SLAB_SIGNS) {
      this.#slab = new Uint16Array(SLAB_SIGNS);
      this.#used = 0;
    }
    const slab = this.#slab;
    const from = this.#used;
    for (let i = 0; i < length; i++) slab[from + i] = text.charCodeAt(i);
    this.#used += length;
    return new Uint8Array(slab.buffer, 2 * from, 2 * length);
  }
}

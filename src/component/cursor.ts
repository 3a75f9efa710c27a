/** Reads the primitive parts of a component's binary, never beyond the end of the current section. */
import { Exception } from "#base";
import { decodeUtf8 } from "./decode-text.ts";
import { NAME_BYTES_LIMIT, PARTS_LIMIT } from "./limits.ts";

/** Number of bytes that are decoded together: decoding each name alone takes half of the time and memory of parsing. */
const PIECE_BYTES = 1024;

/** Throws for a binary that does not follow the format. */
export function damaged(why = "it is damaged or cut off; fetch or build it again"): never {
  throw new Exception("failed", `Not a WebAssembly component: ${why}`);
}

/** Throws for a binary that is well-formed, but cannot run here. */
export function refuse(why: string, cause?: unknown): never {
  throw new Exception("failed", `Component cannot run here: ${why}`, { cause });
}

export class Cursor {
  readonly bytes: Uint8Array;
  /** Offset of the next read. */
  at: number;
  /** End of the current section. */
  end: number;
  #parts = 0;
  /** The bytes from `#pieceAt` on as text; those that are not ASCII are replaced. */
  #piece: string | undefined;
  #pieceAt = -PIECE_BYTES;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
  }

  byte(): number {
    return (this.at < this.end ? this.bytes[this.at++] : undefined) ?? damaged();
  }

  /** An unsigned LEB128 number of 32 bits. */
  u32(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value > 0xffff_ffff ? damaged() : value;
    }
    return damaged();
  }

  /** The unparsed rest of the section. */
  rest(): Uint8Array {
    const bytes = this.bytes.subarray(this.at, this.end);
    this.at = this.end;
    return bytes;
  }

  skip(length: number): void {
    if (length > this.end - this.at) damaged();
    this.at += length;
  }

  name(): string {
    const length = this.u32();
    if (length > NAME_BYTES_LIMIT) refuse(`it has a name of more than ${NAME_BYTES_LIMIT} bytes`);
    // Two hundred thousand long names would take seconds, so every 16 bytes count as a part.
    this.count(length >> 4);
    const { bytes, at: from } = this;
    this.skip(length);
    const to = this.at;
    for (let at = from; at < to; at++) {
      if ((bytes[at] as number) >= 0x80) return decodeUtf8(bytes.subarray(from, to)) ?? damaged();
    }
    if (to > this.#pieceAt + PIECE_BYTES) {
      this.#pieceAt = from;
      // Only ASCII: text with any other character takes two bytes for each, and so would every name cut from it.
      const piece = new Uint8Array(bytes.subarray(from, from + PIECE_BYTES));
      for (let i = 0; i < piece.length; i++) (piece[i] as number) &= 0x7f;
      this.#piece = decodeUtf8(piece);
    }
    return this.#piece!.slice(from - this.#pieceAt, to - this.#pieceAt);
  }

  /** A vector: its length, then that many elements. */
  many<T>(one: (cursor: this) => T): T[] {
    const all: T[] = [];
    for (let left = this.length(); left > 0; left--) all.push(one(this));
    return all;
  }

  /** The number of elements of a vector, which follow it. */
  length(): number {
    const count = this.u32();
    this.count(count);
    // Each element takes at least one byte, so a false count is refused before anything is allocated.
    return count > this.end - this.at ? damaged() : count;
  }

  /** Counts parts of the component, and every 16 bytes of its names, against one limit. */
  count(parts: number): void {
    this.#parts += parts;
    if (this.#parts > PARTS_LIMIT) refuse(`it has more than ${PARTS_LIMIT} parts`);
  }

  optional<T>(one: (cursor: this) => T): T | undefined {
    return this.flag() ? one(this) : undefined;
  }

  flag(): boolean {
    const byte = this.byte();
    return byte > 1 ? damaged() : byte === 1;
  }
}

/** Reads the primitive parts of a component's binary, and never beyond the section it is in. */
import { Exception } from "#base";
import { decodeUtf8 } from "./decode-text.ts";
import { NAME_BYTES_LIMIT, PARTS_LIMIT } from "./limits.ts";

/** Bytes that are decoded at once: decoding each name takes half of the time of parsing, and of what that allocates. */
const PIECE_BYTES = 1024;

/** The binary does not follow the format. */
export function damaged(why = "it is damaged or cut off; fetch or build it again"): never {
  throw new Exception("failed", `Not a WebAssembly component: ${why}`);
}

/** The binary is well-formed, but cannot be run here. */
export function refuse(why: string, cause?: unknown): never {
  throw new Exception("failed", `Component cannot run here: ${why}`, { cause });
}

export class Cursor {
  readonly bytes: Uint8Array;
  /** Where the next read begins. */
  at: number;
  /** Where the section ends that is being read. */
  end: number;
  #parts = 0;
  /** The bytes from `#pieceAt` on as text, where they are ASCII. */
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

  /** LEB128. */
  u32(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value > 0xffff_ffff ? damaged() : value;
    }
    return damaged();
  }

  /** The rest of the section, unparsed. */
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
    // Two hundred thousand long names would take seconds.
    this.count(length >> 4);
    const { bytes, at: from } = this;
    this.skip(length);
    const to = this.at;
    for (let at = from; at < to; at++) {
      if ((bytes[at] as number) >= 0x80) return decodeUtf8(bytes.subarray(from, to)) ?? damaged();
    }
    if (to > this.#pieceAt + PIECE_BYTES) {
      this.#pieceAt = from;
      // A text with any other character takes two bytes for each, and so would all names of it.
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

  /** How many elements a vector has, which stand behind it. */
  length(): number {
    const count = this.u32();
    this.count(count);
    // Each element takes a byte at least: a count beyond that is found before anything is made.
    return count > this.end - this.at ? damaged() : count;
  }

  /** Counts parts of the component, and each 16 bytes of its names, against the limit for all of it. */
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

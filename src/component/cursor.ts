/** Reads the primitive parts of a component's binary, and never beyond the section it is in. */
import { Exception } from "#base";
import { NAME_BYTES_LIMIT, PARTS_LIMIT } from "./limits.ts";

const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The binary does not follow the format. */
export function damaged(why = "it is damaged or cut off; fetch or build it again"): never {
  throw new Exception("failed", `Not a WebAssembly component: ${why}`);
}

/** The binary follows the format, but what it says cannot be run here. */
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

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
  }

  byte(): number {
    return (this.at < this.end ? this.bytes[this.at++] : undefined) ?? damaged();
  }

  /** The next byte, which is read again. */
  peek(): number {
    return (this.at < this.end ? this.bytes[this.at] : undefined) ?? damaged();
  }

  /** LEB128. */
  u32(): number {
    // Nearly all are of one byte.
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first - 0x80;
    for (let factor = 0x80; factor < 2 ** 35; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value > 0xffff_ffff ? damaged() : value;
    }
    return damaged();
  }

  /** The rest of the section, which is not looked at. */
  rest(): Uint8Array {
    const bytes = this.bytes.subarray(this.at, this.end);
    this.at = this.end;
    return bytes;
  }

  /** Skips what is not looked at. */
  skip(length: number): void {
    if (length > this.end - this.at) damaged();
    this.at += length;
  }

  name(): string {
    const length = this.u32();
    if (length > NAME_BYTES_LIMIT) refuse(`it has a name of more than ${NAME_BYTES_LIMIT} bytes`);
    const from = this.at;
    this.skip(length);
    try {
      return text.decode(this.bytes.subarray(from, this.at));
    } catch {
      return damaged();
    }
  }

  /** A vector: its length, then that many elements. */
  many<T>(one: () => T): T[] {
    const count = this.u32();
    this.count(count);
    // Each element takes a byte at least: a count beyond that is found before anything is made.
    if (count > this.end - this.at) damaged();
    const all: T[] = [];
    for (let left = count; left > 0; left--) all.push(one());
    return all;
  }

  /** Counts parts of the component against the limit for all of it. */
  count(parts: number): void {
    this.#parts += parts;
    if (this.#parts > PARTS_LIMIT) refuse(`it has more than ${PARTS_LIMIT} parts`);
  }

  optional<T>(one: () => T): T | undefined {
    const flag = this.byte();
    if (flag > 1) damaged();
    return flag === 0 ? undefined : one();
  }
}

/**
 * Writing messages: one segment in one buffer that grows, with room for the stream framing in front.
 *
 * Objects are laid out in the order in which they are made, and nothing is ever moved or orphaned; so each object is
 * made once, where it belongs. Offsets and sizes are in bytes unless a name says words.
 */
import { encodeText } from "#base";
import type { Capability } from "./held-capability.ts";
import type { ElementSize } from "./element-size.ts";
import { Memory, SMALL_BYTES } from "./space.ts";
import type { MessageSpace } from "./space.ts";
import { isShortAscii, writeAscii } from "./text.ts";
import { createRangeError, createTypeError } from "./write-error.ts";
import * as sizes from "./element-size.ts";

/** One segment, its size in a table of one word. */
const HEADER_BYTES = 8;
/** What a message of its own begins with. */
const OWN_BYTES = 512;
const NO_CAPABILITIES: Capability[] = [];
/** The largest message; more than any reader should take, and far from what 32 bits can count. */
const MAX_BYTES = 2 ** 30;

export interface MessageOptions {
  /** Whether clients put into the message are handed over to it, or lent. */
  readonly takesClients?: boolean;
  /** Where it may lie while it is small; also lends it memory for more. */
  readonly space?: MessageSpace;
}

/** Takes over one holding of a capability, and gives one of what stands for it. */
export type Replacement = (capability: Capability) => Capability;

/** One message under construction. It holds the capabilities put into it until `release`. */
export class MessageBuilder {
  readonly takesClients: boolean;
  #capabilities: Capability[] = NO_CAPABILITIES;
  /** What stands in the message for each capability that is put in from here on. */
  replacement: Replacement | undefined;
  #space: MessageSpace | undefined;
  #memory: Memory;
  #start = 0;
  #room: number = OWN_BYTES;
  #used: number = HEADER_BYTES + 8;

  constructor({ takesClients = false, space }: MessageOptions = {}) {
    this.takesClients = takesClients;
    const lent = space?.open();
    if (space === undefined || lent === undefined) {
      this.#memory = new Memory(new Uint8Array(OWN_BYTES));
    } else {
      this.#space = space;
      this.#memory = lent;
      this.#start = space.at;
      this.#room = SMALL_BYTES;
    }
  }

  get root(): PointerBuilder {
    return new PointerBuilder(this, HEADER_BYTES);
  }
  /** The capabilities, by the index their pointers have. */
  get capabilities(): readonly Capability[] {
    return this.#capabilities;
  }
  /** The memory in which the message lies, from `start` on; another one once it has grown. */
  get view(): DataView {
    return this.#memory.view;
  }
  get bytes(): Uint8Array {
    return this.#memory.bytes;
  }
  get start(): number {
    return this.#start;
  }

  /**
   * The finished frame. Nothing may be added after that.
   *
   * It shares the builder's memory. Unless that is a space, whoever gets it may move it to another thread; a message with
   * capabilities can be read here nevertheless: to find them, for calls that were made ahead of it.
   */
  toFrame(): Uint8Array {
    this.view.setUint32(this.#start + 4, (this.#used - HEADER_BYTES) / 8, true);
    const isMovable = this.#space === undefined;
    this.#leaveSpace();
    const frame = this.bytes.subarray(this.#start, this.#start + this.#used);
    return isMovable && this.#capabilities.length > 0 ? frame.slice() : frame;
  }

  /** Room for an object, zeroed, at the returned offset from `start`. @throws {RangeError} when the message has no room for it */
  allocate(bytes: number): number {
    const at = this.#used;
    const end = at + Math.ceil(bytes / 8) * 8;
    if (end > MAX_BYTES) {
      throw new RangeError(
        `Message of ${end} bytes is over the limit of ${MAX_BYTES}: send what is large in pieces`,
      );
    }
    if (end > this.#room) {
      const room = Math.max(end, Math.min(this.#room * 2, MAX_BYTES));
      const larger = this.#space?.takeSpare(end) ?? new Memory(new Uint8Array(room));
      larger.bytes.set(this.bytes.subarray(this.#start, this.#start + at));
      this.#leaveSpace();
      this.#memory = larger;
      this.#room = larger.bytes.length;
      this.#start = 0;
    }
    this.#used = end;
    return at;
  }

  /** Takes over one holding of the capability. @returns its index */
  addCapability(capability: Capability): number {
    if (this.#capabilities === NO_CAPABILITIES) this.#capabilities = [];
    return this.#capabilities.push(this.replacement?.(capability) ?? capability) - 1;
  }

  release(): void {
    this.#leaveSpace();
    if (this.#capabilities === NO_CAPABILITIES) return;
    for (const capability of this.#capabilities.splice(0)) capability.release();
  }

  #leaveSpace(): void {
    this.#space?.close(this.#used);
    this.#space = undefined;
  }
}

/** A place for a pointer. It can be set once. */
export class PointerBuilder {
  readonly message: MessageBuilder;
  readonly #at: number;

  constructor(message: MessageBuilder, at: number) {
    this.message = message;
    this.#at = at;
  }

  /** Where the pointer lies in the message's memory. */
  get offset(): number {
    return this.message.start + this.#at;
  }

  initStruct(dataWords: number, pointers: number): StructBuilder {
    const at = this.message.allocate((dataWords + pointers) * 8);
    this.#point(at, 0, (dataWords | (pointers << 16)) >>> 0);
    return new StructBuilder(this.message, at, dataWords * 8);
  }

  initList(size: ElementSize, length: number): ListBuilder {
    const bits = [0, 1, 8, 16, 32, 64, 64][size] ?? 0;
    checkLength(length);
    const at = this.message.allocate(Math.ceil((length * bits) / 8));
    this.#point(at, 1, ((length << 3) | size) >>> 0);
    return new ListBuilder(this.message, at, bits, 0);
  }

  initStructList(length: number, dataWords: number, pointers: number): ListBuilder {
    const words = dataWords + pointers;
    checkLength(length);
    const at = this.message.allocate(8 + length * words * 8);
    this.#point(at, 1, (((length * words) << 3) | sizes.COMPOSITE) >>> 0);
    const { view, start } = this.message;
    view.setUint32(start + at, length << 2, true);
    view.setUint32(start + at + 4, (dataWords | (pointers << 16)) >>> 0, true);
    return new ListBuilder(this.message, at + 8, words * 64, dataWords * 8);
  }

  setData(bytes: Uint8Array): void {
    if (!(bytes instanceof Uint8Array)) throw createTypeError(bytes, "Data");
    checkLength(bytes.length);
    const at = this.message.allocate(bytes.length);
    this.message.bytes.set(bytes, this.message.start + at);
    this.#point(at, 1, ((bytes.length << 3) | sizes.BYTE) >>> 0);
  }

  setText(text: string): void {
    if (typeof text !== "string") throw createTypeError(text, "Text");
    const { message } = this;
    const utf8 = isShortAscii(text) ? undefined : encodeText(text);
    const length = utf8?.length ?? text.length;
    checkLength(length + 1);
    const at = message.allocate(length + 1);
    if (utf8 === undefined) writeAscii(text, message.bytes, message.start + at);
    else message.bytes.set(utf8, message.start + at);
    this.#point(at, 1, (((length + 1) << 3) | sizes.BYTE) >>> 0);
  }

  /** Takes over one holding of the capability. */
  setCapability(capability: Capability): void {
    const index = this.message.addCapability(capability);
    const { view } = this.message;
    view.setUint32(this.offset, 3, true);
    view.setUint32(this.offset + 4, index, true);
  }

  #point(target: number, kind: number, high: number): void {
    const { view } = this.message;
    // An empty struct would look like null with offset 0, so it points at itself.
    const words = kind === 0 && high === 0 ? -1 : (target - this.#at - 8) / 8;
    view.setInt32(this.offset, (words << 2) | kind, true);
    view.setUint32(this.offset + 4, high, true);
  }
}

/**
 * One struct being filled. Numbers are XORed with their default, as the wire has it.
 *
 * Setting an integer throws a RangeError when it is none, or too large for its field.
 */
export class StructBuilder {
  readonly message: MessageBuilder;
  readonly #at: number;
  readonly #dataBytes: number;

  constructor(message: MessageBuilder, at: number, dataBytes: number) {
    this.message = message;
    this.#at = at;
    this.#dataBytes = dataBytes;
  }

  setBool(bit: number, value: boolean, byDefault = false): void {
    if (typeof value !== "boolean") throw createTypeError(value, "Bool");
    const { view } = this.message;
    const at = this.#to(bit >> 3);
    const mask = 1 << (bit & 7);
    const byte = view.getUint8(at);
    view.setUint8(at, value === byDefault ? byte & ~mask : byte | mask);
  }
  setInt8(at: number, value: number, byDefault = 0): void {
    check(value, (value << 24) >> 24, "Int8");
    this.message.view.setInt8(this.#to(at), value ^ byDefault);
  }
  setUint8(at: number, value: number, byDefault = 0): void {
    check(value, value & 0xff, "UInt8");
    this.message.view.setUint8(this.#to(at), value ^ byDefault);
  }
  setInt16(at: number, value: number, byDefault = 0): void {
    check(value, (value << 16) >> 16, "Int16");
    this.message.view.setInt16(this.#to(at), value ^ byDefault, true);
  }
  setUint16(at: number, value: number, byDefault = 0): void {
    check(value, value & 0xffff, "UInt16");
    this.message.view.setUint16(this.#to(at), value ^ byDefault, true);
  }
  setInt32(at: number, value: number, byDefault = 0): void {
    check(value, value | 0, "Int32");
    this.message.view.setInt32(this.#to(at), value ^ byDefault, true);
  }
  setUint32(at: number, value: number, byDefault = 0): void {
    check(value, value >>> 0, "UInt32");
    this.message.view.setUint32(this.#to(at), value ^ byDefault, true);
  }
  setInt64(at: number, value: bigint, byDefault = 0n): void {
    if (typeof value !== "bigint") throw createTypeError(value, "Int64: give a bigint");
    check(value, BigInt.asIntN(64, value), "Int64");
    this.message.view.setBigInt64(this.#to(at), value ^ byDefault, true);
  }
  setUint64(at: number, value: bigint, byDefault = 0n): void {
    if (typeof value !== "bigint") throw createTypeError(value, "UInt64: give a bigint");
    check(value, BigInt.asUintN(64, value), "UInt64");
    this.message.view.setBigUint64(this.#to(at), value ^ byDefault, true);
  }
  /** `mask` is the default's bits. */
  setFloat32(at: number, value: number, mask = 0): void {
    if (typeof value !== "number") throw createTypeError(value, "Float32");
    this.message.view.setFloat32(this.#to(at), value, true);
    if (mask !== 0) this.setUint32(at, this.message.view.getUint32(this.#to(at), true), mask);
  }
  /** `mask` is the default's bits. */
  setFloat64(at: number, value: number, mask = 0n): void {
    if (typeof value !== "number") throw createTypeError(value, "Float64");
    this.message.view.setFloat64(this.#to(at), value, true);
    if (mask !== 0n) this.setUint64(at, this.message.view.getBigUint64(this.#to(at), true), mask);
  }
  /** The data section as it shall lie in the message; what is left out stays zero. */
  setBytes(bytes: Uint8Array): void {
    this.message.bytes.set(bytes, this.#to(0));
  }
  pointer(index: number): PointerBuilder {
    return new PointerBuilder(this.message, this.#at + this.#dataBytes + index * 8);
  }

  /** Where a field lies in the message's memory. */
  #to(at: number): number {
    return this.message.start + this.#at + at;
  }
}

/** One list being filled. Every element can be filled as a struct of its size. */
export class ListBuilder {
  readonly #message: MessageBuilder;
  readonly #at: number;
  readonly #stepBits: number;
  readonly #dataBytes: number;

  constructor(message: MessageBuilder, at: number, stepBits: number, dataBytes: number) {
    this.#message = message;
    this.#at = at;
    this.#stepBits = stepBits;
    this.#dataBytes = dataBytes;
  }

  struct(index: number): StructBuilder {
    return new StructBuilder(
      this.#message,
      this.#at + (index * this.#stepBits) / 8,
      this.#dataBytes,
    );
  }
  pointer(index: number): PointerBuilder {
    return this.struct(index).pointer(0);
  }
  setBool(index: number, value: boolean): void {
    new StructBuilder(this.#message, this.#at, 0).setBool(index, value);
  }
  /** All elements as they shall lie in the message, for lists of numbers. */
  setBytes(bytes: Uint8Array): void {
    this.#message.bytes.set(bytes, this.#message.start + this.#at);
  }
}

function check<T extends number | bigint>(value: T, kept: T, type: string): void {
  if (value !== kept) throw createRangeError(value, type);
}

function checkLength(length: number): void {
  if (length < 2 ** 29) return;
  throw new RangeError(`List of ${length} elements is too long for a message: send it in pieces`);
}

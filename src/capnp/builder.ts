/**
 * Builds messages: one segment in one growing buffer, with space for the stream framing in front.
 *
 * Objects are laid out in order of creation and never moved or orphaned, so each object is created once, at its final
 * place. Offsets and sizes are in bytes unless a name says words.
 */
import { encodeText } from "#base";
import type { Capability } from "./held-capability.ts";
import type { ElementSize } from "./element-size.ts";
import { Memory, SMALL_BYTES } from "./space.ts";
import type { MessageSpace } from "./space.ts";
import { isShortAscii, writeAscii } from "./text.ts";
import { createRangeError, createTypeError } from "./write-error.ts";
import * as sizes from "./element-size.ts";

/** The segment table of one segment. */
const HEADER_BYTES = 8;
/** Initial size of a message outside a space. */
const OWN_BYTES = 512;
const NO_CAPABILITIES: Capability[] = [];
/** Maximum message size in bytes: more than any reader should accept, and far below the limits of 32 bits. */
const MAX_BYTES = 2 ** 30;

export interface MessageOptions {
  /** Whether the message takes ownership of clients put into it, or borrows them. */
  readonly takesClients?: boolean;
  /** Provides memory for small messages, and recycled memory for large ones. */
  readonly space?: MessageSpace;
}

/** Takes ownership of one reference, returns one to its replacement. */
export type Replacement = (capability: Capability) => Capability;

/** One message under construction. It holds references to its capabilities until `release`. */
export class MessageBuilder {
  readonly takesClients: boolean;
  #capabilities: Capability[] = NO_CAPABILITIES;
  /** Applied to each capability that is added from now on. */
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
  /** The capabilities, by the index in their pointers. */
  get capabilities(): readonly Capability[] {
    return this.#capabilities;
  }
  /** The message's memory; the message begins at `start`. Replaced when the message grows. */
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
   * The finished frame. Nothing may be added afterwards.
   *
   * It shares the builder's memory. Outside a space the receiver may transfer it to another thread; a message with
   * capabilities is copied first, since it is still read here to find the targets of pipelined calls.
   */
  toFrame(): Uint8Array {
    this.view.setUint32(this.#start + 4, (this.#used - HEADER_BYTES) / 8, true);
    const isMovable = this.#space === undefined;
    this.#leaveSpace();
    const frame = this.bytes.subarray(this.#start, this.#start + this.#used);
    return isMovable && this.#capabilities.length > 0 ? frame.slice() : frame;
  }

  /**
   * Allocates zeroed memory for an object. @returns its offset from `start` @throws {RangeError} when the message is
   * too large
   */
  allocate(bytes: number): number {
    const at = this.#used;
    const end = at + Math.ceil(bytes / 8) * 8;
    if (end > MAX_BYTES) {
      throw new RangeError(
        `Message of ${end} bytes is over the limit of ${MAX_BYTES}: send it in pieces`,
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

  /** Takes ownership of one reference. @returns the capability's index */
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

/** A pointer that can be set once. */
export class PointerBuilder {
  readonly message: MessageBuilder;
  readonly #at: number;

  constructor(message: MessageBuilder, at: number) {
    this.message = message;
    this.#at = at;
  }

  /** The pointer's offset in the message's memory. */
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

  /** Takes ownership of one reference. */
  setCapability(capability: Capability): void {
    const index = this.message.addCapability(capability);
    const { view } = this.message;
    view.setUint32(this.offset, 3, true);
    view.setUint32(this.offset + 4, index, true);
  }

  #point(target: number, kind: number, high: number): void {
    const { view } = this.message;
    // An empty struct at offset 0 would look like null, so its pointer points at itself.
    const words = kind === 0 && high === 0 ? -1 : (target - this.#at - 8) / 8;
    view.setInt32(this.offset, (words << 2) | kind, true);
    view.setUint32(this.offset + 4, high, true);
  }
}

/**
 * One struct under construction. Numbers are XORed with their default, as on the wire.
 *
 * Setters throw a RangeError for numbers that are not integers or do not fit.
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
    checkBigInt(value, (bits) => BigInt.asIntN(64, bits), "Int64");
    this.message.view.setBigInt64(this.#to(at), value ^ byDefault, true);
  }
  setUint64(at: number, value: bigint, byDefault = 0n): void {
    checkBigInt(value, (bits) => BigInt.asUintN(64, bits), "UInt64");
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
  /** Copies a data section in wire format; the rest stays zero. */
  setBytes(bytes: Uint8Array): void {
    this.message.bytes.set(bytes, this.#to(0));
  }
  pointer(index: number): PointerBuilder {
    return new PointerBuilder(this.message, this.#at + this.#dataBytes + index * 8);
  }

  /** A field's offset in the message's memory. */
  #to(at: number): number {
    return this.message.start + this.#at + at;
  }
}

/** One list under construction. Any element can be written as a struct of its size. */
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
  /** Copies all elements of a list of numbers in wire format. */
  setBytes(bytes: Uint8Array): void {
    this.#message.bytes.set(bytes, this.#message.start + this.#at);
  }
}

function check<T extends number | bigint>(value: T, kept: T, type: string): void {
  if (value !== kept) throw createRangeError(value, type);
}

function checkBigInt(value: bigint, clamp: (value: bigint) => bigint, type: string): void {
  if (typeof value !== "bigint") throw createTypeError(value, `${type}: give a bigint`);
  check(value, clamp(value), type);
}

function checkLength(length: number): void {
  if (length < 2 ** 29) return;
  throw new RangeError(`List of ${length} elements is too long for a message: send it in pieces`);
}

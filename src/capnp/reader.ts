/**
 * Reads untrusted messages.
 *
 * Every pointer is checked against its segment when it is followed. Every followed object is charged to the message's
 * traversal limit, so that many pointers to one object cost as much as copies. Nesting is bounded. Malformed messages
 * throw an exception of kind `failed`, and cannot be used afterwards.
 *
 * Offsets and sizes are in bytes unless a name says words or bits.
 *
 * @see https://capnproto.org/encoding.html
 */
import { Exception } from "#base";
import type { Capability } from "./held-capability.ts";
import { splitFrame } from "./framing.ts";
import type { Loan } from "./space.ts";
import { readUtf8 } from "./text.ts";
import * as sizes from "./element-size.ts";
import type { ElementSize } from "./element-size.ts";

export interface ReadLimits {
  /** Bytes that may be read. Counts objects once for each pointer followed, and the records and arrays made of them. */
  readonly traversalBytes?: number;
  /** Maximal number of pointers from the root to a leaf. */
  readonly depth?: number;
}

/** Data bits of one element, by element size. */
const ELEMENT_BITS = [0, 1, 8, 16, 32, 64, 0, 0] as const;

/** One received message, with the rest of its traversal limit. */
export class MessageReader {
  readonly segments: readonly DataView[];
  /** By index of a capability pointer; set by the message's receiver. */
  capabilities: readonly Capability[] = [];
  /** Releases the message; for messages that their reader owns. */
  release: () => void = NOTHING_TO_RELEASE;
  /** Whether this is a default value of the schema. */
  isDefault = false;
  /** Present if the message's memory is recycled; a reader that outlives the answer must hold it. */
  loan: Loan | undefined;
  readonly #depth: number;
  #budget: number;

  constructor(segments: readonly DataView[], limits: ReadLimits = {}) {
    this.segments = segments;
    this.#depth = limits.depth ?? 64;
    this.#budget = limits.traversalBytes ?? 64 * 1024 * 1024;
  }

  /** @throws {Exception} `failed` when the segment table is wrong. */
  static fromFrame(frame: Uint8Array, limits?: ReadLimits): MessageReader {
    return new MessageReader(splitFrame(frame), limits);
  }

  get sizeBytes(): number {
    let size = 0;
    for (const segment of this.segments) size += segment.byteLength;
    return size;
  }

  get root(): PointerReader {
    const [first] = this.segments;
    if (first === undefined || first.byteLength < 8) throw malformed("it has no root pointer");
    return new PointerReader(this, first, 0, this.#depth);
  }

  /** A pointer in the first segment of a locally built message. */
  pointerAt(offset: number): PointerReader {
    return new PointerReader(this, this.segment(0), offset, this.#depth);
  }

  /** A reader of the same message with other capabilities and the remaining traversal limit. */
  with(capabilities: readonly Capability[]): MessageReader {
    const limits = { depth: this.#depth, traversalBytes: this.#budget };
    const message = new MessageReader(this.segments, limits);
    message.capabilities = capabilities;
    message.release = this.release;
    message.loan = this.loan;
    return message;
  }

  segment(id: number): DataView {
    const segment = this.segments[id];
    if (segment === undefined) throw malformed(`it has no segment ${id}`);
    return segment;
  }

  charge(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0) throw malformed("it exceeds its traversal limit");
  }
}

/** One pointer, not yet followed. */
export class PointerReader {
  readonly message: MessageReader;
  readonly #segment: DataView | undefined;
  readonly #at: number;
  readonly #depth: number;

  /** Without a segment, the pointer is null. */
  constructor(message: MessageReader, segment: DataView | undefined, at: number, depth: number) {
    this.message = message;
    this.#segment = segment;
    this.#at = at;
    this.#depth = depth;
  }

  get isNull(): boolean {
    const segment = this.#segment;
    return (
      segment === undefined ||
      (segment.getInt32(this.#at, true) === 0 && segment.getInt32(this.#at + 4, true) === 0)
    );
  }

  get kind(): "null" | "struct" | "list" | "capability" {
    if (this.isNull) return "null";
    const { low } = this.#follow();
    // A far pointer to a far pointer is reported as a list, and refused when it is read.
    return (["struct", "list", "list", "capability"] as const)[low & 3] ?? "null";
  }

  /** A reader of the same pointer, in a message with other capabilities. */
  with(capabilities: readonly Capability[]): PointerReader {
    return new PointerReader(this.message.with(capabilities), this.#segment, this.#at, this.#depth);
  }

  /** The struct. Null reads as a struct of size 0, all of whose fields have their defaults. */
  struct(): StructReader {
    if (this.isNull) return new StructReader(this.message, EMPTY, 0, 0, 0, this.#depth);
    const { segment, at, low, high } = this.#follow();
    if ((low & 3) !== 0) throw malformed("a pointer to a struct points to something else");
    const dataBytes = (high & 0xffff) * 8;
    const pointers = high >>> 16;
    this.#enter(segment, at, dataBytes + pointers * 8);
    return new StructReader(this.message, segment, at, dataBytes, pointers, this.#depth - 1);
  }

  /** The list, whose elements are at least of the expected size; empty for null. */
  list(expected: ElementSize): ListReader {
    const list = this.anyList();
    if (!this.isNull) checkElement(list, expected);
    return list;
  }

  /** The list with elements of any size; empty for null. */
  anyList(): ListReader {
    const { message } = this;
    if (this.isNull) return new ListReader(message, EMPTY, 0, 0, sizes.VOID, 0, 0, this.#depth);
    const { segment, at, low, high } = this.#follow();
    if ((low & 3) !== 1) throw malformed("a pointer to a list points to something else");
    const size = (high & 7) as ElementSize;
    const count = high >>> 3;
    if (size === sizes.COMPOSITE) {
      this.#enter(segment, at, 8 + count * 8);
      return this.#compositeList(segment, at, count * 8);
    }
    const dataBits = ELEMENT_BITS[size];
    const pointers = size === sizes.POINTER ? 1 : 0;
    const stepBits = dataBits + pointers * 64;
    this.#enter(segment, at, Math.ceil((stepBits * count) / 8));
    if (stepBits === 0) message.charge(count * 8);
    return new ListReader(message, segment, at, count, size, dataBits, pointers, this.#depth - 1);
  }

  /** The bytes of a `Data`, a view of the message; empty for null. */
  data(): Uint8Array {
    const bytes = this.#bytes();
    if (bytes === undefined) return new Uint8Array(0);
    return new Uint8Array(bytes.view.buffer, bytes.view.byteOffset + bytes.at, bytes.length);
  }

  /** The text, without its NUL; empty for null. */
  text(): string {
    const bytes = this.#bytes();
    if (bytes === undefined) return "";
    const { view, at, length } = bytes;
    if (length === 0 || view.getUint8(at + length - 1) !== 0) throw malformed("a text has no NUL");
    return readUtf8(view, at, length - 1);
  }

  /** The capability, borrowed. `undefined` for null, and for an index that is not in the table. */
  capability(): Capability | undefined {
    const index = this.capabilityIndex();
    return index === undefined ? undefined : this.message.capabilities[index];
  }

  /** The index into the message's capability table. */
  capabilityIndex(): number | undefined {
    if (this.isNull) return undefined;
    const { low, high } = this.#follow();
    if (low !== 3) throw malformed("a pointer to a capability points to something else");
    return high >>> 0;
  }

  #bytes(): { view: DataView; at: number; length: number } | undefined {
    if (this.isNull) return undefined;
    const { segment, at, low, high } = this.#follow();
    if ((low & 3) !== 1 || (high & 7) !== sizes.BYTE) {
      throw malformed("a pointer to bytes points to something else");
    }
    const length = high >>> 3;
    this.#enter(segment, at, length);
    return { view: segment, at, length };
  }

  #compositeList(segment: DataView, tagAt: number, bodyBytes: number): ListReader {
    const tag = segment.getInt32(tagAt, true);
    const high = segment.getUint32(tagAt + 4, true);
    if ((tag & 3) !== 0) throw malformed("a list of structs has another tag");
    const count = tag >>> 2;
    const dataBytes = (high & 0xffff) * 8;
    const pointers = high >>> 16;
    const step = dataBytes + pointers * 8;
    if (step * count > bodyBytes) throw malformed("a list of structs is longer than its space");
    if (step === 0) this.message.charge(count * 32);
    return new ListReader(
      this.message,
      segment,
      tagAt + 8,
      count,
      sizes.COMPOSITE,
      dataBytes * 8,
      pointers,
      this.#depth - 1,
    );
  }

  /** Checks an object's depth and bounds, and charges for it. */
  #enter(segment: DataView, at: number, bytes: number): void {
    if (this.#depth <= 0) throw malformed("it is nested too deeply");
    if (at < 0 || at + bytes > segment.byteLength) throw malformed("a pointer leaves its segment");
    this.message.charge(bytes);
  }

  /** The pointer's words and the position of its object, with far pointers resolved. */
  #follow(): { segment: DataView; at: number; low: number; high: number } {
    const segment = this.#segment ?? EMPTY;
    const at = this.#at;
    const low = segment.getInt32(at, true);
    const high = segment.getInt32(at + 4, true);
    if ((low & 3) !== 2) return { segment, at: at + 8 + (low >> 2) * 8, low, high };

    const pad = this.message.segment(high >>> 0);
    const padAt = (low >>> 3) * 8;
    const double = (low & 4) !== 0;
    if (padAt + (double ? 16 : 8) > pad.byteLength)
      throw malformed("a far pointer leaves its segment");
    this.message.charge(double ? 16 : 8);
    const padLow = pad.getInt32(padAt, true);
    const padHigh = pad.getInt32(padAt + 4, true);
    if (!double) {
      if ((padLow & 3) === 2) throw malformed("a far pointer leads to a far pointer");
      return { segment: pad, at: padAt + 8 + (padLow >> 2) * 8, low: padLow, high: padHigh };
    }
    if ((padLow & 7) !== 2) throw malformed("a double-far pointer has no landing pad");
    return {
      segment: this.message.segment(padHigh >>> 0),
      at: (padLow >>> 3) * 8,
      low: pad.getInt32(padAt + 8, true),
      high: pad.getInt32(padAt + 12, true),
    };
  }
}

/** One struct. Fields past its end read as their default; numbers are XORed with their default, as on the wire. */
export class StructReader {
  readonly message: MessageReader;
  readonly dataBytes: number;
  readonly pointers: number;
  readonly #segment: DataView;
  readonly #at: number;
  readonly #depth: number;

  constructor(
    message: MessageReader,
    segment: DataView,
    at: number,
    dataBytes: number,
    pointers: number,
    depth: number,
  ) {
    this.message = message;
    this.dataBytes = dataBytes;
    this.pointers = pointers;
    this.#segment = segment;
    this.#at = at;
    this.#depth = depth;
  }

  bool(bit: number, byDefault = false): boolean {
    const at = bit >> 3;
    if (at >= this.dataBytes) return byDefault;
    return ((this.#segment.getUint8(this.#at + at) >> (bit & 7)) & 1) === (byDefault ? 0 : 1);
  }
  int8(at: number, byDefault = 0): number {
    return at + 1 > this.dataBytes ? byDefault : this.#segment.getInt8(this.#at + at) ^ byDefault;
  }
  uint8(at: number, byDefault = 0): number {
    return at + 1 > this.dataBytes ? byDefault : this.#segment.getUint8(this.#at + at) ^ byDefault;
  }
  int16(at: number, byDefault = 0): number {
    if (at + 2 > this.dataBytes) return byDefault;
    return this.#segment.getInt16(this.#at + at, true) ^ byDefault;
  }
  uint16(at: number, byDefault = 0): number {
    if (at + 2 > this.dataBytes) return byDefault;
    return this.#segment.getUint16(this.#at + at, true) ^ byDefault;
  }
  int32(at: number, byDefault = 0): number {
    if (at + 4 > this.dataBytes) return byDefault;
    return this.#segment.getInt32(this.#at + at, true) ^ byDefault;
  }
  uint32(at: number, byDefault = 0): number {
    if (at + 4 > this.dataBytes) return byDefault;
    return (this.#segment.getUint32(this.#at + at, true) ^ byDefault) >>> 0;
  }
  int64(at: number, byDefault = 0n): bigint {
    if (at + 8 > this.dataBytes) return byDefault;
    return this.#segment.getBigInt64(this.#at + at, true) ^ byDefault;
  }
  uint64(at: number, byDefault = 0n): bigint {
    if (at + 8 > this.dataBytes) return byDefault;
    return this.#segment.getBigUint64(this.#at + at, true) ^ byDefault;
  }
  /** `mask` is the default's bits. */
  float32(at: number, mask = 0): number {
    if (mask === 0 && at + 4 <= this.dataBytes)
      return this.#segment.getFloat32(this.#at + at, true);
    return new Float32Array(Uint32Array.of(this.uint32(at, mask)).buffer)[0] ?? 0;
  }
  /** `mask` is the default's bits. */
  float64(at: number, mask = 0n): number {
    if (mask === 0n && at + 8 <= this.dataBytes)
      return this.#segment.getFloat64(this.#at + at, true);
    return new Float64Array(BigUint64Array.of(this.uint64(at, mask)).buffer)[0] ?? 0;
  }
  /** The data section in wire format. */
  bytes(): Uint8Array {
    const { buffer, byteOffset } = this.#segment;
    return new Uint8Array(buffer, byteOffset + this.#at, this.dataBytes);
  }
  pointer(index: number): PointerReader {
    if (index >= this.pointers) return new PointerReader(this.message, undefined, 0, this.#depth);
    return new PointerReader(
      this.message,
      this.#segment,
      this.#at + this.dataBytes + index * 8,
      this.#depth,
    );
  }
}

/** One list. Any element can be read as a struct, which is how lists are upgraded. */
export class ListReader {
  readonly message: MessageReader;
  readonly length: number;
  readonly elementSize: ElementSize;
  readonly dataBits: number;
  readonly pointers: number;
  readonly #segment: DataView;
  readonly #at: number;
  readonly #depth: number;

  constructor(
    message: MessageReader,
    segment: DataView,
    at: number,
    length: number,
    elementSize: ElementSize,
    dataBits: number,
    pointers: number,
    depth: number,
  ) {
    this.message = message;
    this.length = length;
    this.elementSize = elementSize;
    this.dataBits = dataBits;
    this.pointers = pointers;
    this.#segment = segment;
    this.#at = at;
    this.#depth = depth;
  }

  struct(index: number): StructReader {
    return new StructReader(
      this.message,
      this.#segment,
      this.#at + (index * (this.dataBits + this.pointers * 64)) / 8,
      this.dataBits >> 3,
      this.pointers,
      this.#depth,
    );
  }

  pointer(index: number): PointerReader {
    return this.struct(index).pointer(0);
  }

  bool(index: number): boolean {
    return ((this.#segment.getUint8(this.#at + (index >> 3)) >> (index & 7)) & 1) === 1;
  }

  /** The elements of a list of numbers in wire format. */
  bytes(): Uint8Array {
    const { buffer, byteOffset } = this.#segment;
    return new Uint8Array(
      buffer,
      byteOffset + this.#at,
      Math.ceil((this.length * this.dataBits) / 8),
    );
  }
}

const NOTHING_TO_RELEASE = (): void => undefined;
const EMPTY = new DataView(new ArrayBuffer(0));

function checkElement(list: ListReader, expected: ElementSize): void {
  const { elementSize, dataBits, pointers } = list;
  const bits = elementSize === sizes.BIT;
  const fits =
    expected === sizes.BIT || expected === sizes.COMPOSITE
      ? bits === (expected === sizes.BIT)
      : !bits || expected === sizes.VOID;
  const wantsPointers = expected === sizes.POINTER ? 1 : 0;
  if (!fits || dataBits < ELEMENT_BITS[expected] || pointers < wantsPointers) {
    throw malformed("a list has elements of another size");
  }
}

function malformed(why: string): Exception {
  return new Exception("failed", `Message cannot be read: ${why}`);
}

/**
 * Malformed input.
 *
 * Reading it returns a value or throws an exception of kind `failed`, quickly, and without exhausting memory.
 */
import { Exception } from "#base";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBroken } from "./broken.ts";
import { MessageBuilder } from "./builder.ts";
import { failureOf, fromHex, toFrame } from "./codec.testing.ts";
import { copyPointer } from "./copy.ts";
import { equalMessages } from "./equal-messages.testing.ts";
import { createDeframer } from "./framing.ts";
import { ElementSize } from "./element-size.ts";
import { MessageReader } from "./reader.ts";
import type { ListReader, PointerReader, ReadLimits, StructReader } from "./reader.ts";
import * as vectors from "./reader.vectors.ts";
import { Defaults, Everything, Lists, ListsToCome, Tree } from "./samples/generated/data.ts";
import { Bool, Data, List, Text, Void } from "./types.ts";
import type { PointerType } from "./types.ts";

const TYPES: readonly PointerType<unknown>[] = [
  Everything,
  Lists,
  ListsToCome,
  Tree,
  Defaults,
  List(Everything),
  List(List(Text)),
];

const LIMITS: ReadLimits = { traversalBytes: 64 * 1024 };

/** As many capabilities as a well-behaved peer might send. */
const CAPABILITIES = Array.from({ length: 5 }, (_, at) => createBroken(new Error(`${at}`)));

/**
 * Reads everything without a schema, in every way that a pointer can be read.
 *
 * @throws {Error} `MISSING` for a capability that is not in the table: such a pointer reads and copies as null.
 */
function walk(pointer: PointerReader): void {
  switch (pointer.kind) {
    case "null":
      return;
    case "capability":
      if (pointer.capability() === undefined) throw MISSING;
      return;
    case "struct":
      walkStruct(pointer.struct());
      return;
    case "list": {
      failureOf(() => pointer.text());
      failureOf(() => pointer.data());
      for (const size of Object.values(ElementSize)) failureOf(() => pointer.list(size));
      walkList(pointer.anyList());
    }
  }
}

const MISSING = new Exception("failed", "No such capability");

function walkStruct(struct: StructReader): void {
  struct.bytes();
  for (let at = 0; at <= struct.dataBytes; at += 8) {
    struct.uint64(at, 7n);
    struct.float64(at);
    struct.int32(at + 4, -1);
    struct.bool(at * 8 + 63);
  }
  for (let i = 0; i <= struct.pointers; i++) walk(struct.pointer(i));
}

function walkList(list: ListReader): void {
  list.bytes();
  for (let at = 0; at < list.length; at++) {
    if (list.elementSize === ElementSize.bit) list.bool(at);
    else walkStruct(list.struct(at));
  }
}

/** Performs every operation on a frame. Any error other than an exception of kind `failed` fails the test. */
function readAll(frame: Uint8Array): void {
  const open = (): MessageReader => {
    const message = MessageReader.fromFrame(frame, LIMITS);
    message.capabilities = CAPABILITIES;
    return message;
  };
  failureOf(() => createDeframer(1024 * 1024).push(frame));
  if (failureOf(open) !== "nothing was thrown") return;
  const why = failureOf(() => walk(open().root));
  failureOf(() => equalMessages(open().root, open().root));
  failureOf(() => {
    const copy = new MessageBuilder();
    copyPointer(open().root, copy.root);
    // A copy is a valid message.
    const copied = MessageReader.fromFrame(copy.toFrame(), { traversalBytes: Infinity });
    copied.capabilities = copy.capabilities;
    walk(copied.root);
    if (why !== MISSING.message) expect(equalMessages(copied.root, open().root)).toBe(true);
  });
  for (const type of TYPES) failureOf(() => type.read(open().root));
}

/** A word that might be part of a message, pointers above all. */
const word: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  { weight: 4, arbitrary: pointer(0, fc.integer({ min: -12, max: 12 }), smallStruct()) },
  { weight: 4, arbitrary: pointer(1, fc.integer({ min: -12, max: 12 }), smallList()) },
  { weight: 2, arbitrary: pointer(2, fc.nat({ max: 24 }), fc.nat({ max: 3 })) },
  // A list of structs, right behind its pointer, and a tag.
  { weight: 2, arbitrary: fc.nat({ max: 12 }).map((words) => (BigInt(words * 8 + 7) << 32n) | 1n) },
  { weight: 2, arbitrary: pointer(0, fc.nat({ max: 12 }), smallStruct()) },
  { weight: 1, arbitrary: fc.nat({ max: 4 }).map((index) => (BigInt(index) << 32n) | 3n) },
);

function pointer(
  kind: number,
  offset: fc.Arbitrary<number>,
  high: fc.Arbitrary<number>,
): fc.Arbitrary<bigint> {
  return fc
    .tuple(offset, high)
    .map(([offset, high]) => (BigInt(high) << 32n) | BigInt(((offset << 2) | kind) >>> 0));
}

function smallStruct(): fc.Arbitrary<number> {
  return fc.tuple(fc.nat(4), fc.nat(4)).map(([data, pointers]) => data | (pointers << 16));
}

function smallList(): fc.Arbitrary<number> {
  const length = fc.oneof(fc.nat(12), fc.constant(2 ** 29 - 1));
  return fc.tuple(length, fc.nat(7)).map(([length, size]) => ((length << 3) | size) >>> 0);
}

const segment: fc.Arbitrary<Uint8Array> = fc
  .array(word, { maxLength: 24 })
  .map((words) => new Uint8Array(BigUint64Array.from(words).buffer));

const VALID = [vectors.EVERYTHING, vectors.EVERYTHING_FAR, vectors.LISTS, vectors.ZEROS].map(
  fromHex,
);

/** A valid frame with some of its 32-bit words, the table's too, changed. */
const mutated: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.constantFrom(...VALID),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.oneof(
          fc.integer(),
          fc.integer({ min: -64, max: 64 }),
          fc.constantFrom(-1, 2 ** 31 - 1, -(2 ** 31), 0x7ffffffd, 0x10000, 0xffff),
        ),
        fc.boolean(),
      ),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([frame, changes]) => {
    const words = new Int32Array(frame.slice().buffer);
    for (const [place, value, isAdded] of changes) {
      // Half of the changes hit the front, where pointers are.
      const at = place % (place % 2 === 0 ? words.length : Math.min(words.length, 40));
      words[at] = isAdded ? (words[at] ?? 0) + value : value;
    }
    return new Uint8Array(words.buffer);
  });

describe("a frame is read or refused", { timeout: 60_000 }, () => {
  test("when its bytes are random", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), readAll), { seed: 2, numRuns: 2000 });
  });

  test("when its words are random pointers", () => {
    const frame = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((segments) => toFrame(...segments));
    fc.assert(fc.property(frame, readAll), { seed: 3, numRuns: 1500 });
  });

  test("when it was a good one before some words were changed", () => {
    fc.assert(fc.property(mutated, readAll), { seed: 4, numRuns: 1000 });
  });

  test("when its table of segments lies", () => {
    const sizes = fc.array(fc.oneof(fc.nat(40), fc.constantFrom(2 ** 32 - 1, 2 ** 31)), {
      minLength: 1,
      maxLength: 8,
    });
    const frame = fc.tuple(fc.constantFrom(...VALID), sizes).map(([body, sizes]) => {
      const table = Uint32Array.of(sizes.length - 1, ...sizes);
      return Uint8Array.of(...new Uint8Array(table.buffer), ...body.subarray(8));
    });
    fc.assert(fc.property(frame, readAll), { seed: 5, numRuns: 1000 });
  });

  test("when it is cut at any byte", () => {
    for (const frame of VALID) {
      for (let length = 0; length < frame.length; length++) readAll(frame.slice(0, length));
    }
  });
});

/** A frame of one list: element size, claimed length, and actual number of bytes. */
function listFrame(size: ElementSize, length: number, bytes: number): Uint8Array {
  const words = new Uint8Array(8 + bytes);
  new DataView(words.buffer).setUint32(0, 1, true);
  new DataView(words.buffer).setUint32(4, ((length << 3) | size) >>> 0, true);
  const frame = new Uint8Array(8 + words.length);
  new DataView(frame.buffer).setUint32(4, words.length / 8, true);
  frame.set(words, 8);
  return frame;
}

/** Bytes of memory retained by the action's result. */
function memoryOf(action: () => unknown): number {
  const before = process.memoryUsage();
  const result = action();
  const after = process.memoryUsage();
  expect(result).toBeDefined();
  return after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
}

describe(
  "a message cannot become much larger than what it takes to send it",
  { timeout: 60_000 },
  () => {
    const MIB = 1024 * 1024;
    const tooMuch = "Message cannot be read: it exceeds its traversal limit";

    test.each([
      ["bits", List(Bool), listFrame(ElementSize.bit, 16 * MIB, 2 * MIB)],
      ["nothing at all", List(Void), listFrame(ElementSize.void, 16 * MIB, 0)],
      ["null pointers to bytes", List(Data), listFrame(ElementSize.pointer, 2 * MIB, 16 * MIB)],
      ["null pointers to texts", List(Text), listFrame(ElementSize.pointer, 2 * MIB, 16 * MIB)],
      ["null pointers to records", List(Tree), listFrame(ElementSize.pointer, MIB, 8 * MIB)],
      ["records without bytes", List(Lists), listFrame(ElementSize.void, MIB, 0)],
    ] as const)("by a list of %s", (_, type: PointerType<unknown>, frame) => {
      expect(failureOf(() => type.read(MessageReader.fromFrame(frame).root))).toBe(tooMuch);
    });

    test.each([
      ["bits", List(Bool), listFrame(ElementSize.bit, 7 * MIB, MIB)],
      ["null pointers to bytes", List(Data), listFrame(ElementSize.pointer, 0.8 * MIB, 6.4 * MIB)],
      ["records without bytes", List(Lists), listFrame(ElementSize.void, 48 * 1024, 0)],
    ] as const)("by as many %s as are allowed", (_, type: PointerType<unknown>, frame) => {
      const bytes = memoryOf(() => type.read(MessageReader.fromFrame(frame).root));
      expect(bytes).toBeLessThan(300 * MIB);
    });

    test("by many pointers to one object", () => {
      // A list of 2^16 pointers, all to a text of 2^16 bytes: 2^32 in less than 2^20.
      const count = 2 ** 16;
      const frame = listFrame(ElementSize.pointer, count, count * 8 + count);
      const view = new DataView(frame.buffer);
      for (let at = 0; at < count; at++) {
        view.setInt32(16 + at * 8, ((count - at - 1) << 2) | 1, true);
        view.setUint32(20 + at * 8, (count << 3) | ElementSize.byte, true);
      }
      expect(failureOf(() => List(Text).read(MessageReader.fromFrame(frame).root))).toBe(tooMuch);
      expect(
        failureOf(() =>
          copyPointer(MessageReader.fromFrame(frame).root, new MessageBuilder().root),
        ),
      ).toBe(tooMuch);
    });

    test("by a few structs that point to each other", () => {
      const cycle = fromHex(
        "0000000002000000 0000000000000200 fcffffff00000200".replaceAll(" ", ""),
      );
      const root = (): PointerReader => MessageReader.fromFrame(cycle, LIMITS).root;
      expect(failureOf(() => walk(root()))).toMatch(/traversal limit|nested too deeply|leaves/);
      expect(failureOf(() => List(Tree).read(root()))).toMatch(/Message cannot be read/);
    });
  },
);

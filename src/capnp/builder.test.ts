import { expect, test } from "vitest";
import { MessageBuilder } from "./builder.ts";
import { MessageSpace } from "./space.ts";
import type { Capability } from "./capability.ts";
import { readHex, toHex } from "./codec.testing.ts";
import { splitFrame } from "./framing.ts";
import { readBack as readInPlace } from "./params.ts";
import { ElementSize } from "./element-size.ts";
import { MessageReader } from "./reader.ts";
import type { StructReader } from "./reader.ts";

/** Reads the struct at the builder's root from a finished frame. */
function readBack(message: MessageBuilder): StructReader {
  return MessageReader.fromFrame(message.toFrame()).root.struct();
}

/** The error that `build` throws. */
function refuse(build: (message: MessageBuilder) => unknown): unknown {
  try {
    return build(new MessageBuilder());
  } catch (error) {
    return error;
  }
}

/** A capability that exposes its reference count. */
function createCounted(): Capability & { holders: number } {
  return {
    holders: 1,
    retain() {
      this.holders++;
      return this;
    },
    release() {
      this.holders--;
    },
    call: () => {
      throw new Error("Nobody calls it");
    },
  };
}

test("a message is one segment: the root's pointer, then objects in the order in which they were made", () => {
  const message = new MessageBuilder();
  const root = message.root.initStruct(1, 2);
  root.setUint32(0, 7);
  root.pointer(1).setText("b");
  root.pointer(0).setData(Uint8Array.of(1, 2, 3));
  const words = [
    "0000000006000000", // one segment of six words
    "0000000001000200",
    "0700000000000000",
    "090000001a000000",
    "0100000012000000",
    "6200000000000000",
    "0102030000000000",
  ];
  expect(toHex(message.toFrame())).toBe(words.join(""));
});

test("numbers are XORed with their defaults; booleans set and clear one bit", () => {
  const message = new MessageBuilder();
  const struct = message.root.initStruct(6, 0);
  struct.setInt8(0, -128, 5);
  struct.setUint8(1, 255, 5);
  struct.setInt16(2, -32768, -5);
  struct.setUint16(4, 65535, 5);
  struct.setInt32(8, -(2 ** 31), -5);
  struct.setUint32(12, 2 ** 32 - 1, 4000000000);
  struct.setInt64(16, -(2n ** 63n), -5n);
  struct.setUint64(24, 2n ** 64n - 1n, 18000000000000000000n);
  struct.setFloat32(32, -1.5, 0x3fc00000);
  struct.setFloat64(40, Number.NaN, 0x7ff8000000000000n);
  for (let bit = 48; bit < 56; bit++) struct.setBool(bit, bit % 2 === 0, bit % 3 === 0);
  for (let bit = 56; bit < 64; bit++) struct.setBool(bit, true);
  struct.setBool(57, false);

  const read = readBack(message);
  expect([read.int8(0, 5), read.uint8(1, 5), read.int16(2, -5), read.uint16(4, 5)]).toEqual([
    -128, 255, -32768, 65535,
  ]);
  expect([read.int32(8, -5), read.uint32(12, 4000000000)]).toEqual([-(2 ** 31), 2 ** 32 - 1]);
  expect([read.int64(16, -5n), read.uint64(24, 18000000000000000000n)]).toEqual([
    -(2n ** 63n),
    2n ** 64n - 1n,
  ]);
  expect([read.float32(32, 0x3fc00000), read.float64(40, 0x7ff8000000000000n)]).toEqual([
    -1.5,
    Number.NaN,
  ]);
  expect(read.uint64(40)).toBe(0n);
  for (let bit = 48; bit < 56; bit++) expect(read.bool(bit, bit % 3 === 0)).toBe(bit % 2 === 0);
  expect(read.uint8(7)).toBe(0b11111101);
});

test("integers that are none, or too large for their field, are refused", () => {
  const struct = new MessageBuilder().root.initStruct(1, 0);
  const ranges = [
    ["Int8", -(2 ** 7), 2 ** 7 - 1],
    ["Uint8", 0, 2 ** 8 - 1],
    ["Int16", -(2 ** 15), 2 ** 15 - 1],
    ["Uint16", 0, 2 ** 16 - 1],
    ["Int32", -(2 ** 31), 2 ** 31 - 1],
    ["Uint32", 0, 2 ** 32 - 1],
  ] as const;
  for (const [name, least, most] of ranges) {
    const set = (value: number): void => struct[`set${name}`](0, value, 1);
    for (const good of [least, most, 0, 1, -0]) expect(() => set(good)).not.toThrow();
    for (const bad of [least - 1, most + 1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(() => set(bad)).toThrow(RangeError);
    }
  }
  for (const [name, least, most] of [
    ["Int64", -(2n ** 63n), 2n ** 63n - 1n],
    ["Uint64", 0n, 2n ** 64n - 1n],
  ] as const) {
    for (const good of [least, most]) struct[`set${name}`](0, good, 1n);
    for (const bad of [least - 1n, most + 1n]) {
      expect(() => struct[`set${name}`](0, bad)).toThrow(RangeError);
    }
  }
  expect(() => struct.setUint32(0, 2 ** 32)).toThrow(
    "Cannot write 4294967296: it is not a valid UInt32",
  );
});

test("a message grows, and keeps what was written before and builders that were made before", () => {
  const message = new MessageBuilder();
  const list = message.root.initStructList(300, 1, 1);
  const early = list.struct(299);
  for (let at = 0; at < 300; at++) {
    list.struct(at).setUint32(0, at);
    list.pointer(at).setData(new Uint8Array(at).fill(at));
  }
  early.setUint32(4, 1234);
  const read = MessageReader.fromFrame(message.toFrame()).root.list(ElementSize.composite);
  expect(read.length).toBe(300);
  for (let at = 0; at < 300; at++) {
    expect(read.struct(at).uint32(0)).toBe(at);
    expect(read.pointer(at).data()).toEqual(new Uint8Array(at).fill(at));
  }
  expect(read.struct(299).uint32(4)).toBe(1234);
});

test.each([
  [ElementSize.void, 0],
  [ElementSize.bit, 2],
  [ElementSize.byte, 9],
  [ElementSize.twoBytes, 18],
  [ElementSize.fourBytes, 36],
  [ElementSize.eightBytes, 72],
  [ElementSize.pointer, 72],
] as const)("a list of nine elements of size %i takes whole words", (size, bytes) => {
  const message = new MessageBuilder();
  message.root.initList(size, 9);
  const frame = message.toFrame();
  expect(frame.length).toBe(16 + Math.ceil(bytes / 8) * 8);
  const list = MessageReader.fromFrame(frame).root.anyList();
  expect([list.elementSize, list.length]).toEqual([size, 9]);
});

test("a struct and a list without content are not null", () => {
  for (const init of ["struct", "list", "structs", "data"] as const) {
    const message = new MessageBuilder();
    const { root } = message;
    if (init === "struct") root.initStruct(0, 0);
    else if (init === "list") root.initList(ElementSize.pointer, 0);
    else if (init === "structs") root.initStructList(0, 0, 0);
    else root.setData(new Uint8Array(0));
    expect(MessageReader.fromFrame(message.toFrame()).root.isNull).toBe(false);
  }
  expect(MessageReader.fromFrame(new MessageBuilder().toFrame()).root.isNull).toBe(true);
});

test("toFrame() is the memory itself", () => {
  const message = new MessageBuilder();
  message.root.setText("abc");
  const frame = message.toFrame();
  expect(frame.buffer).toBe(message.bytes.buffer);
  expect(splitFrame(frame).length).toBe(1);
});

test("messages in one space lie side by side, and one that grows leaves it", () => {
  const space = new MessageSpace();
  const first = new MessageBuilder({ space });
  const beside = new MessageBuilder({ space });
  first.root.setText("first");
  beside.root.setText("beside");
  const frames = [first.toFrame(), beside.toFrame()];
  const large = new MessageBuilder({ space });
  large.root.setData(new Uint8Array(100_000).fill(9));
  frames.push(large.toFrame());
  const after = new MessageBuilder({ space });
  after.root.setText("after");
  frames.push(after.toFrame());
  const [a, b, c, d] = frames.map((frame) => MessageReader.fromFrame(frame).root);
  expect(a?.text()).toBe("first");
  expect(b?.text()).toBe("beside");
  expect(c?.data()).toEqual(new Uint8Array(100_000).fill(9));
  expect(d?.text()).toBe("after");
  expect(frames[3]?.buffer).toBe(frames[0]?.buffer);
  expect(frames[1]?.buffer).not.toBe(frames[0]?.buffer);
});

test("messages in one space keep apart, whether they are finished, given up, or grow out of it", () => {
  const space = new MessageSpace();
  const texts = ["a", "b".repeat(1000), "c".repeat(5000), "d", "e".repeat(2000)];
  const frames: Uint8Array[] = [];
  for (let round = 0; round < 40; round++) {
    for (const text of texts) {
      const message = new MessageBuilder({ space });
      const other = new MessageBuilder({ space });
      other.root.setText("at the same time");
      message.root.setText(text);
      frames.push(message.toFrame());
      expect(MessageReader.fromFrame(other.toFrame()).root.text()).toBe("at the same time");
      const given = new MessageBuilder({ space });
      given.root.setText("given up");
      given.release();
    }
  }
  const read = frames.map((frame) => MessageReader.fromFrame(frame).root.text());
  expect(read).toEqual(Array.from({ length: 40 }, () => texts).flat());
});

test("a message in a space that was used begins with zeros", () => {
  const space = new MessageSpace();
  for (const length of [10, 300, 2500]) {
    const full = new MessageBuilder({ space });
    full.root.setData(new Uint8Array(length).fill(255));
    if (length > 100) full.toFrame();
    else full.release();
    const message = new MessageBuilder({ space });
    message.root.initStruct(64, 64);
    expect(MessageReader.fromFrame(message.toFrame()).root.struct().bytes()).toEqual(
      new Uint8Array(512),
    );
  }
});

test("what is too large for a message is refused in one sentence, before there is memory for it", () => {
  expect(refuse(({ root }) => root.initList(ElementSize.eightBytes, 2 ** 27))).toEqual(
    new RangeError(
      "Message of 1073741840 bytes is over the limit of 1073741824: send it in pieces",
    ),
  );
  expect(refuse(({ root }) => root.initStructList(2 ** 29 - 1, 65535, 65535))).toBeInstanceOf(
    RangeError,
  );
  for (const size of [ElementSize.void, ElementSize.bit]) {
    expect(refuse(({ root }) => root.initList(size, 2 ** 29))).toEqual(
      new RangeError("List of 536870912 elements is too long for a message: send it in pieces"),
    );
  }
  const message = new MessageBuilder();
  message.root.initList(ElementSize.void, 2 ** 29 - 1);
  expect(toHex(message.toFrame())).toBe("000000000100000001000000f8ffffff");
});

test("a message with capabilities can be read after its frame has gone to another thread", () => {
  const message = new MessageBuilder();
  message.root.initStruct(0, 2).pointer(1).setCapability(createCounted());
  const read = readInPlace(message.root);
  const frame = message.toFrame();
  structuredClone(frame, { transfer: [frame.buffer] });
  expect(frame.length).toBe(0);
  expect(read.struct().pointer(1).capabilityIndex()).toBe(0);
});

test("capabilities are held by the message, one for each pointer, until it is released", () => {
  const one = createCounted();
  const other = createCounted();
  const message = new MessageBuilder();
  const root = message.root.initStruct(0, 3);
  root.pointer(0).setCapability(one);
  root.pointer(1).setCapability(other);
  root.pointer(2).setCapability(one.retain());
  expect(message.capabilities).toEqual([one, other, one]);
  const read = readBack(message);
  expect([0, 1, 2].map((i) => read.pointer(i).capabilityIndex())).toEqual([0, 1, 2]);
  expect(readHex(["0300000002000000"]).root.capabilityIndex()).toBe(2);
  message.release();
  message.release();
  expect([one.holders, other.holders]).toEqual([0, 0]);
});

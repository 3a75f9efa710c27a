import { expect, test } from "vitest";
import { MessageBuilder } from "./builder.ts";
import { MessageReader } from "./reader.ts";
import { Loan, MessageSpace } from "./space.ts";

const KIB = 1024;

function createSpent(sizeBytes: number): ArrayBuffer {
  const bytes = new Uint8Array(sizeBytes).fill(255);
  return bytes.buffer;
}

test("a large message gets memory that was given back, and reads as in fresh memory", () => {
  const space = new MessageSpace();
  const spent = createSpent(64 * KIB);
  space.giveBack(spent);
  const message = new MessageBuilder({ space });
  const root = message.root.initStruct(8, 4);
  root.setUint16(2, 7);
  root.pointer(1).setData(new Uint8Array(20_003).fill(9));
  root.pointer(2).initStruct(500, 3);
  root.pointer(3).setText("after");
  const frame = message.toFrame();
  expect(frame.buffer).toBe(spent);

  const fresh = new MessageBuilder();
  const same = fresh.root.initStruct(8, 4);
  same.setUint16(2, 7);
  same.pointer(1).setData(new Uint8Array(20_003).fill(9));
  same.pointer(2).initStruct(500, 3);
  same.pointer(3).setText("after");
  expect(frame).toEqual(fresh.toFrame());
  expect(MessageReader.fromFrame(frame).root.struct().pointer(3).text()).toBe("after");
});

test("a message that outgrows memory that was given back moves on whole", () => {
  const space = new MessageSpace();
  space.giveBack(createSpent(8 * KIB));
  const message = new MessageBuilder({ space });
  const root = message.root.initStruct(0, 2);
  root.pointer(0).setData(new Uint8Array(5000).fill(1));
  root.pointer(1).setData(new Uint8Array(50_000).fill(2));
  const read = MessageReader.fromFrame(message.toFrame()).root.struct();
  expect(read.pointer(0).data()).toEqual(new Uint8Array(5000).fill(1));
  expect(read.pointer(1).data()).toEqual(new Uint8Array(50_000).fill(2));
});

test("memory is taken once, the last that fits, and none that is far too large", () => {
  const space = new MessageSpace();
  const [small, fitting, large] = [8, 64, 512].map((size) => createSpent(size * KIB));
  for (const buffer of [small, fitting, large]) space.giveBack(buffer!);
  expect(space.takeSpare(60 * KIB)?.bytes.buffer).toBe(fitting);
  expect(space.takeSpare(60 * KIB)).toBeUndefined();
  expect(space.takeSpare(513 * KIB)).toBeUndefined();
  expect(space.takeSpare(500 * KIB)?.bytes.buffer).toBe(large);
});

test("what is kept has bounds, in size and number", () => {
  const space = new MessageSpace();
  space.giveBack(createSpent(2048 * KIB));
  expect(space.takeSpare(2048 * KIB)).toBeUndefined();
  for (let i = 0; i < 100; i++) space.giveBack(createSpent(8 * KIB));
  let kept = 0;
  while (space.takeSpare(8 * KIB) !== undefined) kept++;
  expect(kept).toBe(16);
});

test("what was given back and is too much is surplus; what the peer gave is not", () => {
  const surplus: ArrayBuffer[] = [];
  const space = new MessageSpace((buffer) => surplus.push(buffer));
  const all = Array.from({ length: 18 }, () => createSpent(8 * KIB));
  for (const buffer of all) space.giveBack(buffer);
  expect(surplus).toEqual(all.slice(0, 2));
  space.keep(createSpent(8 * KIB));
  expect(surplus).toHaveLength(2);
});

test("a loan ends with its last holder, once", () => {
  const space = new MessageSpace();
  const loan = new Loan(createSpent(8 * KIB), space);
  loan.hold();
  loan.release();
  expect(space.takeSpare(8 * KIB)).toBeUndefined();
  loan.release();
  loan.release();
  expect(space.takeSpare(8 * KIB)).toBeDefined();
  expect(space.takeSpare(8 * KIB)).toBeUndefined();
});

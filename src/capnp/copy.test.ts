import { expect, test } from "vitest";
import { NULL_CAPABILITY } from "./broken.ts";
import { MessageBuilder } from "./builder.ts";
import type { Capability } from "./capability.ts";
import { failureOf, fromHex, readHex, toHex } from "./codec.testing.ts";
import { copyPointer } from "./copy.ts";
import { equalMessages } from "./equal-messages.testing.ts";
import { MessageReader } from "./reader.ts";
import type { PointerReader } from "./reader.ts";
import { EVERYTHING, EVERYTHING_FAR, LISTS, NOTHING, ZEROS } from "./reader.vectors.ts";

function copyOf(from: PointerReader): MessageBuilder {
  const message = new MessageBuilder();
  copyPointer(from, message.root);
  return message;
}

function rootOf(hex: string): PointerReader {
  return MessageReader.fromFrame(fromHex(hex)).root;
}

test.each(Object.entries({ EVERYTHING, EVERYTHING_FAR, LISTS, NOTHING, ZEROS }))(
  "copyPointer() copies all of %s, and equalMessages() sees no difference",
  (_, hex) => {
    const copy = copyOf(rootOf(hex)).toFrame();
    expect(equalMessages(rootOf(toHex(copy)), rootOf(hex))).toBe(true);
    expect(MessageReader.fromFrame(copy).segments.length).toBe(1);
  },
);

test("equalMessages() sees every change of a bit that means something", () => {
  const frame = copyOf(rootOf(EVERYTHING)).toFrame();
  const original = MessageReader.fromFrame(frame).root;
  let different = 0;
  for (let at = 16; at < frame.length; at++) {
    const changed = frame.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    let equal = false;
    const why = failureOf(() => {
      equal = equalMessages(MessageReader.fromFrame(changed).root, original);
    });
    if (why !== "nothing was thrown" || !equal) different++;
  }
  // All bytes but those that fill texts, data and short lists up to whole words.
  const padding = frame.length - 16 - different;
  expect(padding).toBeGreaterThan(0);
  expect(padding).toBeLessThan(frame.length / 4);
});

test("equalMessages() tells null from empty, and ignores zeros at the end of a struct", () => {
  const empty = readHex(["fcffffff00000000"]).root;
  const zeros = readHex(["0000000001000100 0000000000000000 0000000000000000"]).root;
  const nothing = readHex(["0000000000000000"]).root;
  expect(equalMessages(empty, zeros)).toBe(true);
  expect(equalMessages(empty, nothing)).toBe(false);
  expect(equalMessages(nothing, nothing)).toBe(true);
});

test("copyPointer() gives every capability one more holder: the new message", () => {
  let holders = 0;
  const capability = {
    retain: () => (holders++, capability),
    release: () => holders--,
    call: () => {
      throw new Error("Nobody calls it");
    },
  } as unknown as Capability;
  // A struct of four capability pointers: 0, 1, 0 again, and 9, which is not there.
  const message = readHex([
    "0000000000000400 0300000000000000 0300000001000000 0300000000000000 0300000009000000",
  ]);
  message.capabilities = [capability, NULL_CAPABILITY];
  const copy = copyOf(message.root);
  expect(holders).toBe(2);
  expect(copy.capabilities).toEqual([capability, capability]);
  const read = MessageReader.fromFrame(copy.toFrame()).root.struct();
  expect([0, 1, 2, 3].map((i) => read.pointer(i).capabilityIndex())).toEqual([
    0,
    undefined,
    1,
    undefined,
  ]);
  copy.release();
  expect(holders).toBe(0);
});

test("copyPointer() refuses what cannot be read: a cycle, and more than may be read", () => {
  const cycle = readHex(["0000000000000100 fcffffff00000100"]).root;
  expect(failureOf(() => copyOf(cycle))).toBe("Message cannot be read: it is nested too deeply");
  // Each level has two pointers to the next one: 2^20 structs in 21 words.
  const doubling = Array.from({ length: 20 }, () => "0400000000000200 0000000000000200").join(" ");
  const bomb = readHex([`0000000000000200 ${doubling} ${"00".repeat(32)}`], {
    traversalBytes: 1024 * 1024,
  }).root;
  expect(failureOf(() => copyOf(bomb))).toContain("traversal limit");
});

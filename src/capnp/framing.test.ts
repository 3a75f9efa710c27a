import { concatBytes } from "#base";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf, fromHex } from "./codec.testing.ts";
import { createDeframer, splitFrame } from "./framing.ts";
import { FRAMES } from "./framing.vectors.ts";

const LIMIT = 1024 * 1024;

/** A frame whose segments contain these words. */
function frameOf(...segments: readonly (readonly number[])[]): Uint8Array {
  const table = new Uint32Array(
    segments.length % 2 === 0 ? segments.length + 2 : segments.length + 1,
  );
  table[0] = segments.length - 1;
  segments.forEach((words, at) => (table[at + 1] = words.length));
  const body = BigUint64Array.from(segments.flat(), BigInt);
  return concatBytes([new Uint8Array(table.buffer), new Uint8Array(body.buffer)]);
}

/** The first word of the segment table of a frame with this many segments. */
function announce(segments: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(segments - 1).buffer);
}

test("splitFrame() gives the segments that the reference implementation wrote", () => {
  for (const { frame, segmentBytes } of FRAMES) {
    const bytes = fromHex(frame);
    expect(splitFrame(bytes).map(({ byteLength }) => byteLength)).toEqual(segmentBytes);
    expect(splitFrame(bytes)[0]?.buffer).toBe(bytes.buffer);
  }
});

test("splitFrame() refuses every frame that is cut short", () => {
  const frame = frameOf([1, 2], [], [3]);
  expect(splitFrame(frame).map((segment) => segment.byteLength)).toEqual([16, 0, 8]);
  for (let length = 0; length < frame.length; length++) {
    const cut = frame.slice(0, length);
    expect(failureOf(() => splitFrame(cut))).toBe("Message is shorter than its segment table says");
  }
});

test("createDeframer() finds the frames of a stream cut at any one offset", () => {
  const frames = [frameOf([1]), frameOf([]), frameOf([2, 3], [4], [5]), frameOf([6], [7])];
  const stream = concatBytes(frames);
  for (let cut = 0; cut <= stream.length; cut++) {
    const deframer = createDeframer(LIMIT);
    const found = [...deframer.push(stream.slice(0, cut)), ...deframer.push(stream.slice(cut))];
    expect(found).toEqual(frames);
    expect(deframer.clean).toBe(true);
  }
});

test("createDeframer() finds the frames of a stream in pieces of any sizes", () => {
  const words = fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { maxLength: 40 });
  const frame = fc
    .array(words, { minLength: 1, maxLength: 5 })
    .map((segments) => frameOf(...segments));
  const sizes = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), sizes, (frames, sizes) => {
      const stream = concatBytes([new Uint8Array(0), ...frames]);
      const deframer = createDeframer(LIMIT);
      const found: Uint8Array[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        // A size of 0 is an empty push; every other push has one byte, so the loop ends.
        const size = turn % 2 === 0 ? (sizes[turn % sizes.length] ?? 1) : 1;
        found.push(...deframer.push(stream.slice(at, at + size)));
        at += size;
      }
      expect(found).toEqual(frames);
      expect(deframer.clean).toBe(true);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("createDeframer() never writes to a frame that it has given", () => {
  const first = frameOf([1, 2, 3]);
  const second = frameOf([4, 5, 6]);
  const deframer = createDeframer(LIMIT);
  deframer.push(first.slice(0, 5));
  const [given] = deframer.push(concatBytes([first.slice(5), second.slice(0, 9)]));
  expect(deframer.push(second.slice(9))).toEqual([second]);
  expect(given).toEqual(first);
});

test("createDeframer() knows whether it stands between frames", () => {
  const deframer = createDeframer(LIMIT);
  const frame = frameOf([1]);
  expect(deframer.clean).toBe(true);
  deframer.push(frame.slice(0, 1));
  expect(deframer.clean).toBe(false);
  deframer.push(frame.slice(1));
  expect(deframer.clean).toBe(true);
});

test("createDeframer() refuses a frame as soon as its table says that it is over the limit", () => {
  const table = fromHex("00000000ffffffff");
  expect(failureOf(() => createDeframer(LIMIT).push(table))).toBe(
    "Message of 34359738368 bytes is over the limit of 1048576 bytes",
  );
  const frame = frameOf([1, 2, 3]);
  expect(createDeframer(frame.length).push(frame)).toEqual([frame]);
  expect(failureOf(() => createDeframer(frame.length - 1).push(frame))).toContain("over the limit");
});

test("createDeframer() refuses a table of more than 512 segments by its first word", () => {
  expect(failureOf(() => createDeframer(LIMIT).push(announce(513)))).toBe(
    "Message of 513 segments is over the limit of 512",
  );
  expect(failureOf(() => createDeframer(LIMIT).push(announce(2 ** 27)))).toContain(
    "over the limit",
  );
  expect(createDeframer(LIMIT).push(announce(512))).toEqual([]);
  const most = frameOf(...Array.from({ length: 512 }, (_, at) => [at]));
  expect(createDeframer(LIMIT).push(most)).toEqual([most]);
});

test("createDeframer() holds what has come of a frame, not what was announced", () => {
  const deframer = createDeframer(2 ** 40);
  const before = process.memoryUsage().arrayBuffers;
  deframer.push(fromHex("00000000ffffffff"));
  for (let i = 0; i < 1000; i++) deframer.push(Uint8Array.of(i));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
});

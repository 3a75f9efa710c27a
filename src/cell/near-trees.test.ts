import type { EventualTree, TreeEntry } from "#base";
import { expect, test } from "vitest";
import { NEAR_BYTES, openNearTrees, requirePart } from "./near-trees.ts";

const KIB = 1024;
const SIZE = 900 * KIB;
const TRUTH = Uint8Array.from({ length: SIZE }, (_, at) => (at * 31 + (at >> 8)) % 256);

/** A cell's trees, and a record of its calls on the host. */
function open(fails: () => boolean = () => false): {
  trees: EventualTree[];
  memory: SharedArrayBuffer;
  asked: string[];
} {
  const memory = new SharedArrayBuffer(NEAR_BYTES);
  const index = new Map<string, TreeEntry>(
    ["one", "two"].map((path) => [path, { type: "file", sizeBytes: SIZE }]),
  );
  const asked: string[] = [];
  const trees = openNearTrees(memory, [index, index], (question) => {
    const { tree, path, offset, lengthBytes, part } = question;
    asked.push(`${tree}/${path} ${offset / KIB}+${lengthBytes / KIB}`);
    if (fails()) throw new Error("The host has no bytes now");
    const bytes = TRUTH.slice(offset, offset + lengthBytes);
    if (part === undefined) return bytes;
    requirePart(memory, part, lengthBytes).set(bytes);
    return new Uint8Array(0);
  });
  return { trees, memory, asked };
}

function read(tree: EventualTree | undefined, path: string, at: number, length: number): void {
  const bytes = tree?.read(path, at * KIB, length * KIB);
  expect(bytes).toEqual(TRUTH.slice(at * KIB, (at + length) * KIB));
}

test("openNearTrees() asks once for a piece that is read on in parts", () => {
  const { trees, asked } = open();
  for (let at = 0; at < 900; at += 60) read(trees[0], "one", at, 60);
  expect(asked).toEqual(["0/one 0+256", "0/one 256+256", "0/one 512+256", "0/one 768+132"]);
});

test("openNearTrees() asks for no more than is read here and there", () => {
  const { trees, asked } = open();
  for (const at of [700, 500, 300, 100]) read(trees[0], "one", at, 4);
  expect(asked).toEqual(["0/one 700+4", "0/one 500+4", "0/one 300+4", "0/one 100+4"]);
});

test("openNearTrees() has several files that are read in turns, of each tree its own", () => {
  const { trees, asked } = open();
  for (let at = 0; at < 256; at += 64) {
    read(trees[0], "one", at, 64);
    read(trees[0], "two", at, 64);
    read(trees[1], "one", at, 64);
  }
  expect(asked).toEqual(["0/one 0+256", "0/two 0+256", "1/one 0+256"]);
});

test("openNearTrees() gives nothing at the end of a file, and asks nobody", () => {
  const { trees, asked } = open();
  expect(trees[0]?.read("one", SIZE + 5, 10)).toHaveLength(0);
  expect(asked).toEqual([]);
});

test("requirePart() refuses parts that the memory does not have", () => {
  const { memory } = open();
  for (const part of [-1, 4, 0.5, NaN]) expect(() => requirePart(memory, part, 1)).toThrow();
  for (const length of [256 * KIB + 1, NaN, -1]) {
    expect(() => requirePart(memory, 0, length)).toThrow(RangeError);
  }
});

test("openNearTrees() reads on when the host has failed for a while", () => {
  let failing = true;
  const { trees } = open(() => failing);
  for (let attempt = 0; attempt < 10; attempt++) {
    expect(() => trees[0]?.read("one", 0, 60 * KIB)).toThrow("no bytes now");
  }
  failing = false;
  for (let at = 0; at < 900; at += 60) read(trees[0], "one", at, 60);
});

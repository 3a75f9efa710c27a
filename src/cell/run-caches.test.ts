import type { FileTree } from "#base";
import { expect, test } from "vitest";
import { copyFrom, openRunCaches } from "./run-caches.ts";

const TRUTH = Uint8Array.from({ length: 10_000 }, (_, at) => at % 251);
const tree: FileTree = {
  entries: new Map([["file", { type: "file", sizeBytes: TRUTH.length }]]),
  id: "tree",
  read: async (_path, offset, lengthBytes) => TRUTH.slice(offset, offset + lengthBytes),
};

test("openRunCaches() gives each cell a copy: what one writes over its own, no other reads", async () => {
  const cached = openRunCaches()(2 ** 20).open(tree);
  const [mine, theirs] = [0, 1].map(() => new Uint8Array(new SharedArrayBuffer(TRUTH.length)));
  for (const memory of [mine, theirs]) {
    if (memory === undefined) continue;
    await copyFrom(cached, "file", 0, memory, {});
    expect(Uint8Array.from(memory)).toEqual(TRUTH);
    memory.fill(0);
  }
  const read = await cached.read("file", 0, TRUTH.length);
  expect(read).toEqual(TRUTH);
  read.fill(0);
  expect(await cached.read("file", 0, TRUTH.length)).toEqual(TRUTH);
});

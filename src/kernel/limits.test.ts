import { expect, test } from "vitest";
import { chooseCacheBytes, chooseLimits } from "./limits.ts";

const MiB = 1024 ** 2;

test.each([
  [{}, 256, 2048],
  [{ memoryBytes: 3 * 1024 * MiB }, 3 * 1024, 3 * 1024],
  [{ memoryBytes: 512 * MiB, runMemoryBytes: 64 * MiB }, 64, 64],
  [{ memoryBytes: 64 * MiB }, 64, 2048],
])("chooseLimits() gives no process more than all have: %j", (limits, memory, all) => {
  const chosen = chooseLimits({ ...limits, openFiles: 3 });
  expect(chosen).toEqual({
    openFiles: 3,
    children: 64,
    memoryBytes: memory * MiB,
    runMemoryBytes: all * MiB,
  });
});

test.each([
  [{}, 64],
  [{ runMemoryBytes: 300 * MiB }, 22],
  // Pieces in flight from the page take as much.
  [{ runMemoryBytes: 64 * MiB }, 4],
])("chooseCacheBytes() leaves the first process its memory: %j", (limits, cache) => {
  expect(chooseCacheBytes(chooseLimits(limits))).toBe(cache * MiB);
});

import { expect, test } from "vitest";
import { createMemoryShares } from "./memory-shares.ts";

const MEBIBYTE = 1024 * 1024;
const RUN = { runBytes: 2048 * MEBIBYTE, cellBytes: 256 * MEBIBYTE, processes: 128 };

test("take() gives the first processes all that one may have, and each that may come something", () => {
  const shares = createMemoryShares(RUN);
  const given = Array.from({ length: RUN.processes }, () => shares.take().bytes / MEBIBYTE);
  expect(given.slice(0, 5)).toEqual([256, 256, 256, 128, 64]);
  expect(Math.min(...given)).toBe(8);
  expect(given).toEqual(given.toSorted((a, b) => b - a));
  expect(given.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(2048);
  expect(new Set(given).size).toBeLessThan(8);
});

test("take() gives what others have given back", () => {
  const shares = createMemoryShares(RUN);
  const first = shares.take();
  const rest = Array.from({ length: 20 }, () => shares.take());
  for (const share of rest) share[Symbol.dispose]();
  for (const share of rest) share[Symbol.dispose]();
  expect(shares.take().bytes).toBe(256 * MEBIBYTE);
  first[Symbol.dispose]();
});

test("take() gives the first process the whole run, if one may have that", () => {
  const shares = createMemoryShares({ ...RUN, cellBytes: RUN.runBytes });
  expect(shares.take().bytes).toBe(RUN.runBytes);
  expect(() => shares.take()).toThrow("all that the run has; end one first");
});

test("take() gives each the same if that is little", () => {
  const shares = createMemoryShares({ ...RUN, cellBytes: 65_536 });
  const given = Array.from({ length: RUN.processes }, () => shares.take().bytes);
  expect(new Set(given)).toEqual(new Set([65_536]));
});

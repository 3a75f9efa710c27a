import { expect, test } from "vitest";
import { createBroken } from "./broken.ts";
import { PipelinedPaths } from "./pipelined-paths.ts";

test("PipelinedPaths tells paths apart, whatever their length", () => {
  const paths = new PipelinedPaths();
  const all = [[], [1], [1, 2], [12], [0], [0, 0]].map(
    (path) => [path, createBroken(path)] as const,
  );
  for (const [path, capability] of all) paths.add(path, capability);
  for (const [path, capability] of all) expect(paths.get([...path])).toBe(capability);
  expect(paths.get([2])).toBeUndefined();
  paths.delete([1, 2]);
  expect(paths.get([1, 2])).toBeUndefined();
  expect(paths.takeAll().map(({ path }) => path)).toEqual([[], [1], [12], [0], [0, 0]]);
  expect(paths.size).toBe(0);
});

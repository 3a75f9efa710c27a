import { expect, test } from "vitest";
import { parseLimits } from "./limits.ts";

test("parseLimits() reads sizes with units, seconds and counts; the last one of a name counts", () => {
  const texts = [
    "memory=64MiB",
    "memories=5",
    "cpu=2.5",
    "files=10",
    "pipe=8192",
    "children=0",
    "memory=1GiB",
  ];
  expect(parseLimits(texts)).toEqual({
    memoryBytes: 2 ** 30,
    memories: 5,
    cpuSeconds: 2.5,
    openFiles: 10,
    pipeBytes: 8192,
    children: 0,
  });
  expect(parseLimits([])).toEqual({});
});

test.for([
  ["memory", "NAME=NUMBER, with memory, total, memories, cpu, files, pipe, children"],
  ["speed=3", "NAME=NUMBER, with memory, total, memories, cpu, files, pipe, children"],
  ["constructor=3", "NAME=NUMBER, with memory, total, memories, cpu, files, pipe, children"],
  ["memory=64MB", "--limit memory=64MiB"],
  ["memory=1", "at least 64KiB"],
  ["cpu=2KiB", "--limit cpu=10"],
  ["cpu=0", "at least 0.1"],
  ["files=1.5", "--limit files=10"],
  ["pipe=1.2.3", "--limit pipe=64MiB"],
  // A pipe is one buffer, and browsers cannot allocate one of that size.
  ["pipe=8GiB", "from 4KiB to 1GiB"],
  ["pipe=1", "from 4KiB to 1GiB"],
] as const)("parseLimits() says what to write instead of %s", ([text, advice]) => {
  expect(() => parseLimits([text])).toThrow(`Not a limit: "${text}"`);
  expect(() => parseLimits([text])).toThrow(advice);
});

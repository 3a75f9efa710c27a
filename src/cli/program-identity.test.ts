import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "./folder.testing.ts";
import { readProgramIdentity } from "./program-identity.ts";

test("readProgramIdentity() differs when any part does, or is not built", async () => {
  await using folder = await makeFolder({ one: "a", two: "bc" });
  const read = (): Promise<string> =>
    readProgramIdentity(["one", "two", "three"].map((name) => join(folder.path, name)));
  const first = await read();
  expect(await read()).toBe(first);
  const seen = new Set([first]);
  for (const [name, content] of [
    ["one", "ab"],
    ["two", "c"],
    ["three", "d"],
  ] as const) {
    await writeFile(join(folder.path, name), content);
    seen.add(await read());
  }
  expect(seen.size).toBe(4);
});

test("readProgramIdentity() tells two builds of this checkout by their page", async () => {
  expect(await readProgramIdentity()).toMatch(/^[0-9a-f]{64}$/);
  expect(await readProgramIdentity()).not.toBe(await readProgramIdentity([]));
});

import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { makeFolder } from "../folder.testing.ts";
import { readSecret } from "./read-secret.ts";

const VARIABLE = "WW_TEST_SECRET";

test("readSecret() reads variables, and files without their last line break", async () => {
  process.env[VARIABLE] = " a=b ";
  expect((await readSecret({ type: "env", name: VARIABLE })).reveal()).toBe(" a=b ");
  delete process.env[VARIABLE];
  await using folder = await makeFolder({ unix: "hidden\n", windows: "two\nlines\r\n" });
  const read = async (name: string): Promise<string> =>
    (await readSecret({ type: "file", path: join(folder.path, name) })).reveal();
  expect(await read("unix")).toBe("hidden");
  expect(await read("windows")).toBe("two\nlines");
});

test("readSecret() shows no value by accident", async () => {
  await using folder = await makeFolder({ key: "hidden" });
  const secret = await readSecret({ type: "file", path: join(folder.path, "key") });
  const shown = [inspect(secret, { showHidden: true }), String(secret), JSON.stringify(secret)];
  expect(shown.join()).not.toContain("hidden");
});

test("readSecret() says where there is none", async () => {
  await using folder = await makeFolder({ empty: "\n", long: "x".repeat(70_000) });
  await expect(readSecret({ type: "env", name: VARIABLE })).rejects.toThrow(
    `the variable "${VARIABLE}" of the environment is not set`,
  );
  for (const [name, state] of [
    ["missing", "cannot be read"],
    ["empty", "is empty, or too long for a secret"],
    ["long", "is empty, or too long for a secret"],
  ]) {
    const path = join(folder.path, name ?? "");
    await expect(readSecret({ type: "file", path })).rejects.toThrow(`the file "${path}" ${state}`);
  }
});

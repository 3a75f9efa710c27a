import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { makeFolder } from "./folder.testing.ts";
import { readSecret } from "./secrets.ts";
import { UsageError } from "./usage.ts";

test("readSecret() reads variables, and files without their last line break", async () => {
  expect((await readSecret("env:TOKEN", "--grant", { TOKEN: " a=b " })).reveal()).toBe(" a=b ");
  await using folder = await makeFolder({ unix: "hidden\n", windows: "two\nlines\r\n" });
  const read = async (name: string): Promise<string> =>
    (await readSecret(`file:${join(folder.path, name)}`, "--grant")).reveal();
  expect(await read("unix")).toBe("hidden");
  expect(await read("windows")).toBe("two\nlines");
});

test("readSecret() shows no value by accident", async () => {
  const secret = await readSecret("env:TOKEN", "--grant", { TOKEN: "hidden" });
  expect(
    [inspect(secret, { showHidden: true }), String(secret), JSON.stringify(secret)].join(),
  ).not.toContain("hidden");
});

test("readSecret() takes none from an argument, and does not repeat it", async () => {
  for (const text of ["hidden", "ENV:hidden", "env:", "hidden:file:x"]) {
    const failure: unknown = await readSecret(text, "--grant").catch((reason: unknown) => reason);
    expect(failure).toEqual(
      new UsageError("--grant takes a secret as env:NAME or file:path, not as it is"),
    );
  }
});

test("readSecret() says where there is none", async () => {
  await using folder = await makeFolder({ empty: "\n", long: "x".repeat(70_000) });
  await expect(readSecret("env:TOKEN", "--grant", {})).rejects.toThrow(
    'Cannot read secret: variable "TOKEN" is empty',
  );
  for (const [name, state] of [
    ["missing", "gives ENOENT"],
    ["empty", "is empty or too long"],
    ["long", "is empty or too long"],
  ]) {
    const path = join(folder.path, name ?? "");
    await expect(readSecret(`file:${path}`, "--grant")).rejects.toThrow(
      `Cannot read secret: file "${path}" ${state}`,
    );
  }
});

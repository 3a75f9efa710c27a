import { parseComponent } from "#component";
import { expect, test } from "vitest";
import { checkComponent } from "./check-component.ts";
import { command, ECHO, EXIT_IMPORT, exits, RETURNS_OK, STREAM_IMPORTS } from "./guests.testing.ts";

const check = async (main: string, imports = "", version = "0.2.0"): ReturnType<typeof run> =>
  run(await command(main, imports, version));
const run = async (bytes: Uint8Array): Promise<ReturnType<typeof checkComponent>> =>
  checkComponent(parseComponent(bytes));

test("checkComponent() gives the name of the command, and what it imports", async () => {
  expect((await check(RETURNS_OK, "", "0.2.6")).run).toBe("wasi:cli/run@0.2.6");
  const { run, survey } = await check(ECHO, STREAM_IMPORTS, "0.2.12");
  expect(run).toBe("wasi:cli/run@0.2.12");
  expect([...survey.imports.keys()]).toEqual([
    "wasi:io/poll@0.2.0",
    "wasi:io/error@0.2.0",
    "wasi:io/streams@0.2.0",
    "wetware:streams/streams@0.1.0",
  ]);
});

test.each([
  ["wasi:cli/exit@0.3.0"],
  ["wasi:cli/exit@0.2.0-rc-2023-11-10"],
  ["wasi:keyvalue/store@0.2.0"],
  ["wetware:streams/streams@0.2.0"],
  ["acme:rockets/launch"],
])("checkComponent() refuses a component that imports %s, by its name", async (name) => {
  await expect(
    check(RETURNS_OK, `(import "${name}" (instance (export "go" (func))))`),
  ).rejects.toThrow(/^Component imports ".*", which cells do not have: build it against WASI 0.2/);
});

test("checkComponent() refuses functions outside of any interface", async () => {
  await expect(check(RETURNS_OK, `(import "go" (func))`)).rejects.toThrow(
    'Component imports "go", which cells do not have',
  );
});

test("checkComponent() refuses a component that is no command", async () => {
  await expect(check(RETURNS_OK, "", "0.3.0")).rejects.toThrow(
    'does not export "wasi:cli/run@0.2"',
  );
});

const imports = (clock: string): string =>
  `(import "wasi:clocks/wall-clock@0.2.0" (instance $clock ${clock}))`;

test("checkComponent() names a function that an interface of ours does not have", async () => {
  for (const name of ["warp", "to-string", "constructor", "then"]) {
    await expect(check(RETURNS_OK, imports(`(export "${name}" (func))`))).rejects.toThrow(
      `Component imports "${name}" of "wasi:clocks/wall-clock@0.2.0", which cells do not have`,
    );
  }
});

test("checkComponent() shows both types of a function where they differ", async () => {
  await expect(
    check(RETURNS_OK, imports(`(export "now" (func (param "when" u32) (result u64)))`)),
  ).rejects.toThrow(
    'Component imports "now" of "wasi:clocks/wall-clock@0.2.0" as "func(when: u32) -> u64", ' +
      'but cells offer it as "func() -> record { seconds: u64, nanoseconds: u32 }"',
  );
});

test("checkComponent() tells resources of one name in two interfaces apart", async () => {
  const stdout = `(import "wasi:cli/stdout@0.2.0" (instance
    (export "output-stream" (type $stream (sub resource)))
    (export "get-stdout" (func (result (own $stream))))))`;
  await expect(check(RETURNS_OK, stdout)).rejects.toThrow(/imports "(output-stream|get-stdout)"/);
});

test("checkComponent() finds members that are for the host alone out of reach", async () => {
  const poll = `(import "wasi:io/poll@0.2.0" (instance
    (export "pollable" (type $pollable (sub resource)))
    (export "[static]pollable.awaited" (func (param "of" (borrow $pollable)) (result u32)))))`;
  await expect(check(RETURNS_OK, poll)).rejects.toThrow(
    '"[static]pollable.awaited" of "wasi:io/poll@0.2.0", which cells do not have',
  );
});

test("checkComponent() takes what every version of WASI 0.2 calls the same", async () => {
  for (const version of ["0.2.0", "0.2.3", "0.2.12"]) {
    const exit = EXIT_IMPORT.replace("0.2.0", version);
    const { survey } = await check(exits("exit", 0), exit);
    expect([...survey.imports.keys()]).toEqual([`wasi:cli/exit@${version}`]);
  }
});

import { expect, test } from "vitest";
import { checkComponent, checkGlue } from "./check-component.ts";
import { command, ECHO, EXIT_IMPORT, exits, RETURNS_OK, STREAM_IMPORTS } from "./guests.testing.ts";
import { readComponent } from "./read-component.ts";
import { transpileComponent } from "./transpile.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const CORE_MODULE = bytes(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

test("readComponent() tells imports and exports with their versions", async () => {
  expect(readComponent(await command(ECHO, STREAM_IMPORTS, "0.2.12"))).toEqual({
    imports: [
      "wasi:io/poll@0.2.0",
      "wasi:io/error@0.2.0",
      "wasi:io/streams@0.2.0",
      "wetware:streams/streams@0.1.0",
    ],
    exports: ["wasi:cli/run@0.2.12"],
  });
});

test.each([
  ["nothing", bytes(), "it is empty"],
  ["other bytes", bytes(1, 2, 3, 4, 5, 6, 7, 8), "it does not begin as WebAssembly does"],
  ["a core module", CORE_MODULE, "it is a core module"],
  [
    "a component of another draft",
    bytes(0, 0x61, 0x73, 0x6d, 12, 0, 1, 0),
    "it is of an unknown version",
  ],
])("readComponent() refuses %s and says why", (_, component, why) => {
  expect(() => readComponent(component)).toThrow(`Not a WebAssembly component: ${why}`);
});

test("readComponent() refuses a component that is cut off anywhere in a section", async () => {
  const whole = await command(exits("exit", 0), EXIT_IMPORT);
  const said = new Set<string>();
  let unseen = 0;
  for (let length = 9; length < whole.length; length++) {
    try {
      readComponent(whole.subarray(0, length));
      unseen++;
    } catch (error) {
      said.add(String(error));
    }
  }
  expect([...said]).toEqual([expect.stringContaining("it is damaged or cut off")]);
  // A cut between two sections cannot be seen.
  expect(unseen).toBeLessThan(20);
});

test("checkComponent() gives the name of the command", async () => {
  expect(checkComponent(await command(RETURNS_OK, "", "0.2.6"))).toBe("wasi:cli/run@0.2.6");
});

test.each([
  ["wasi:cli/exit@0.3.0"],
  ["wasi:cli/exit@0.2.0-rc-2023-11-10"],
  ["wasi:keyvalue/store@0.2.0"],
  ["wetware:streams/streams@0.2.0"],
  ["acme:rockets/launch"],
])("checkComponent() refuses a component that imports %s, by its name", async (name) => {
  const component = await command(RETURNS_OK, `(import "${name}" (instance (export "go" (func))))`);
  expect(() => checkComponent(component)).toThrow(
    `Component imports "${name}", which cells do not have`,
  );
});

test("checkComponent() refuses a component that is no command", async () => {
  const component = await command(RETURNS_OK, "", "0.3.0");
  expect(() => checkComponent(component)).toThrow('does not export "wasi:cli/run@0.2"');
});

test("checkGlue() names a function that an interface of ours does not have", async () => {
  const made = await transpileComponent(
    await command(
      `(core module $code
         (import "clock" "warp" (func $warp))
         (func (export "run") (result i32) (call $warp) i32.const 0))
       (core instance $main (instantiate $code (with "clock" (instance (export "warp" (func $warp))))))`,
      `(import "wasi:clocks/wall-clock@0.2.0" (instance $clock (export "warp" (func))))
       (core func $warp (canon lower (func $clock "warp")))`,
    ),
    "jspi",
  );
  expect(() => checkGlue(made.glue, made.imports)).toThrow(
    'Component imports "warp" of "wasi:clocks/wall-clock", which cells do not have',
  );
});

test("checkGlue() accepts what cells have", async () => {
  const made = await transpileComponent(await command(ECHO, STREAM_IMPORTS), "jspi");
  expect(made.imports).toContain("wetware:streams/streams");
  checkGlue(made.glue, made.imports);
});

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { expect, test } from "vitest";
import { inspectProgram } from "./inspect.ts";

const COMMAND = `
  (core module $code (memory 2 10) (func (export "run") (result i32) i32.const 0) (data "abc"))
  (core instance $main (instantiate $code))
  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $command (export "run" (func $run)))
  (export "wasi:cli/run@0.2.3" (instance $command))`;

test("inspectProgram() tells imports, exports and core modules of a component that a cell can run", async () => {
  const component = await parse(`(component
    (import "wasi:clocks/wall-clock@0.2.3" (instance
      (type $t (record (field "seconds" u64) (field "nanoseconds" u32)))
      (export "datetime" (type $datetime (eq $t)))
      (export "now" (func (result $datetime)))))
    (component)
    ${COMMAND})`);
  const { text, complaint } = await inspectProgram(component);
  expect(complaint).toBeUndefined();
  expect(text.split("\n")).toEqual([
    `component, ${component.length} bytes`,
    "import wasi:clocks/wall-clock@0.2.3",
    "  now: func() -> datetime",
    "export wasi:cli/run@0.2.3",
    "  run: func() -> result",
    "type datetime = record { seconds: u64, nanoseconds: u32 }",
    expect.stringMatching(
      /^core module 0: \d+ bytes, 1 function of \d+ bytes, data of \d+ bytes, memory of 2 to 10 pages$/,
    ),
    "",
  ]);
});

test("inspectProgram() lists what an instance exports once, however often it is exported", async () => {
  const component = await parse(`(component ${COMMAND}
    (export "acme:radio/tuner" (instance $command))
    (export "acme:radio/other" (instance $command)))`);
  const { text } = await inspectProgram(component);
  expect(text.split("\n").slice(1, 5)).toEqual([
    "export wasi:cli/run@0.2.3",
    "  run: func() -> result",
    "export acme:radio/tuner, the same as wasi:cli/run@0.2.3",
    "export acme:radio/other, the same as wasi:cli/run@0.2.3",
  ]);
});

test("inspectProgram() reads no section of a core module beyond its end", async () => {
  const preamble = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  // It declares five memories, and has one of four pages.
  const memories = [5, 3, 5, 0, 4];
  const { text } = await inspectProgram(Uint8Array.from([...preamble, ...memories, 0, 2, 1, 0x61]));
  expect(text).toBe("core module, 17 bytes, 0 functions of 0 bytes, memory of 4 pages\n");
});

test("inspectProgram() describes a component that no cell can run, and says why", async () => {
  const component = await parse(`(component (import "acme:radio/tuner" (instance)) ${COMMAND})`);
  const { text, complaint } = await inspectProgram(component);
  expect(text).toContain("import acme:radio/tuner\n");
  expect(complaint).toContain('Component imports "acme:radio/tuner", which cells do not have');
});

test.each([
  [
    "a core module that is a command",
    `(module (func (export "_start")))`,
    "No cell can run it: it is a core module; ww build makes",
  ],
  [
    "a core module that is none",
    `(module (func (export "add")))`,
    "No cell can run it: it is a core module that exports no _start, and so no command; build it as one",
  ],
  ["what is no program", undefined, "it does not begin as WebAssembly does"],
])("inspectProgram() says of %s what it is", async (_, source, complaint) => {
  const bytes = source === undefined ? Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) : await parse(source);
  expect((await inspectProgram(bytes)).complaint).toContain(complaint);
});

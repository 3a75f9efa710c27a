import { createPipe, decodeText, encodeText } from "#base";
import type { Terminals } from "#base";
import { expect, test } from "vitest";
import type { OutputStream } from "./output-stream.ts";
import { createTestPowers, createTestWaits } from "./powers.testing.ts";
import { createTerminal } from "./terminal.ts";
import { createWasi } from "./wasi.ts";

const GETTERS = ["Stdin", "Stdout", "Stderr"] as const;

const OUTPUTS = { stdin: false, stdout: true, stderr: true };
const OUTPUT = { stdin: true, stdout: true, stderr: false };

test.each<[terminals: Terminals, stdin: boolean, stdout: boolean, stderr: boolean]>([
  [true, true, true, true],
  [false, false, false, false],
  [OUTPUTS, false, true, true],
  [OUTPUT, true, true, false],
])("a guest finds a terminal where there is one: %o", (terminals, ...present) => {
  const imports = createTerminal(terminals);
  for (const [at, name] of GETTERS.entries()) {
    const getter = imports[`wasi:cli/terminal-${name.toLowerCase()}`]?.[`getTerminal${name}`];
    const found = (getter as () => object | undefined)();
    const kind = name === "Stdin" ? "Input" : "Output";
    const type = imports[`wasi:cli/terminal-${kind.toLowerCase()}`]?.[`Terminal${kind}`];
    // The linker checks the class.
    expect(found instanceof (type as new () => object)).toBe(present[at]);
  }
});

test.each<[terminals: Terminals, out: string, err: string]>([
  [true, "one\ntwo\nprompt? three\n", ""],
  [OUTPUTS, "one\ntwo\nprompt? three\n", ""],
  [OUTPUT, "one\nprompt? ", "two\nthree\n"],
  [false, "one\nprompt? ", "two\nthree\n"],
])("what goes to a terminal by either name keeps its order: %o", async (terminal, out, err) => {
  const [input, output, errors] = [createPipe(100), createPipe(100), createPipe(100)];
  const { imports } = createWasi({
    args: [],
    env: [],
    stdin: input.source,
    stdout: output.sink,
    stderr: errors.sink,
    terminal,
    rpc: { ...input, [Symbol.dispose]() {} },
    tree: { entries: new Map(), read: () => new Uint8Array(0) },
    memoryBytes: 1024,
    openFiles: 1,
    powers: createTestPowers(),
    waits: createTestWaits(),
    onExit() {},
  });
  const open = (name: string, getter: string): OutputStream =>
    (imports[name] as Record<string, () => OutputStream>)[getter]!();
  const stdout = open("wasi:cli/stdout", "getStdout");
  const stderr = open("wasi:cli/stderr", "getStderr");
  await stdout.blockingWriteAndFlush(encodeText("one\n"));
  await stderr.blockingWriteAndFlush(encodeText("two\n"));
  await stdout.blockingWriteAndFlush(encodeText("prompt? "));
  await stderr.blockingWriteAndFlush(encodeText("three\n"));
  expect(decodeText(output.source.take(100))).toBe(out);
  expect(decodeText(errors.source.take(100))).toBe(err);
});

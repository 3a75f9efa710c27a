import { createPipe, decodeText, encodeText } from "#base";
import type { TerminalUse } from "#base";
import { expect, test } from "vitest";
import type { OutputStream } from "./output-stream.ts";
import { createTestPowers, createTestWaits } from "./powers.testing.ts";
import { createTerminal } from "./terminal.ts";
import { createWasi } from "./wasi.ts";

const GETTERS = ["Stdin", "Stdout", "Stderr"] as const;

test.each<[use: TerminalUse, input: boolean, output: boolean]>([
  [true, true, true],
  ["output", false, true],
  [false, false, false],
])("a guest finds its terminal: %s", (use, input, output) => {
  const imports = createTerminal(use);
  for (const name of GETTERS) {
    const getter = imports[`wasi:cli/terminal-${name.toLowerCase()}`]?.[`getTerminal${name}`];
    const found = (getter as () => object | undefined)();
    const kind = name === "Stdin" ? "Input" : "Output";
    const type = imports[`wasi:cli/terminal-${kind.toLowerCase()}`]?.[`Terminal${kind}`];
    // The glue asks for the class.
    expect(found instanceof (type as new () => object)).toBe(kind === "Input" ? input : output);
  }
});

test.each<[use: TerminalUse, out: string, err: string]>([
  [true, "one\ntwo\nprompt? three\n", ""],
  ["output", "one\ntwo\nprompt? three\n", ""],
  [false, "one\nprompt? ", "two\nthree\n"],
])("what goes to a terminal by either name keeps its order: %s", async (terminal, out, err) => {
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

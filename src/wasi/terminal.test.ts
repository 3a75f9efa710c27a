import { expect, test } from "vitest";
import { createTerminal } from "./terminal.ts";

const GETTERS = ["Stdin", "Stdout", "Stderr"] as const;

test.each([true, false])("a guest finds its terminal: %s", (present) => {
  const imports = createTerminal(present);
  for (const name of GETTERS) {
    const getter = imports[`wasi:cli/terminal-${name.toLowerCase()}`]?.[`getTerminal${name}`];
    const found = (getter as () => object | undefined)();
    const kind = name === "Stdin" ? "Input" : "Output";
    const type = imports[`wasi:cli/terminal-${kind.toLowerCase()}`]?.[`Terminal${kind}`];
    // The glue asks for the class.
    expect(found instanceof (type as new () => object)).toBe(present);
  }
});

test("a guest finds a terminal where there is one, stream by stream", () => {
  const imports = createTerminal({ stdin: false, stdout: true, stderr: false });
  const found = ["Stdin", "Stdout", "Stderr"].map((name) => {
    const getter = imports[`wasi:cli/terminal-${name.toLowerCase()}`]?.[`getTerminal${name}`];
    return (getter as () => unknown)() !== undefined;
  });
  expect(found).toEqual([false, true, false]);
});

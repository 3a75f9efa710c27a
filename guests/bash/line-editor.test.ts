import { expect, test } from "vitest";
import { createKeys } from "./keys.ts";
import { LineEditor, type Completion } from "./line-editor.ts";

const UP = "\x1b[A";
const DOWN = "\x1b[B";
const LEFT = "\x1b[D";

function type(
  keys: readonly string[],
  history: readonly string[] = [],
  complete: (line: string, cursor: number) => Completion | undefined = () => undefined,
) {
  const editor = new LineEditor({ prompt: "$ ", history, columns: () => 20, complete });
  for (const key of keys) {
    const outcome = editor.press(key);
    if (outcome.type !== "more") return { ...outcome, shown: editor.take() };
  }
  return { type: "more" as const, shown: editor.take() };
}

test.each([
  ["letters", ["a", "b", "\r"], "ab"],
  ["what is put before others", ["b", LEFT, "a", "\r"], "ab"],
  ["what is left of it", ["a", "b", "\x7f", "\r"], "a"],
  ["the end after ^A and ^E", ["b", "\x01", "a", "\x05", "c", "\r"], "abc"],
  ["what ^U leaves, and ^Y brings back", ["a", "b", "\x15", "c", "\x19", "\r"], "cab"],
  ["what ^W leaves", ["a", " ", "b", "c", "\x17", "\r"], "a "],
  ["what ^K leaves", ["a", "b", "c", "\x02", "\x02", "\x0b", "\r"], "a"],
  ["a line of the history", [UP, UP, "!", "\r"], "one!"],
  ["the draft, after a look at the history", ["x", UP, DOWN, "y", "\r"], "xy"],
  ["what a search finds", ["\x12", "n", "e", "\r"], "one"],
  ["wide letters as one", ["日", "本", "\x7f", "\r"], "日"],
  ["nothing of keys that it does not know", ["a", "\x1b[19~", "\r"], "a"],
])("a line is %s", (_what, keys, line) => {
  expect(type(keys, ["one", "two"])).toMatchObject({ type: "line", line });
});

test("^C cancels a line, ^D ends an empty one and deletes in others", () => {
  expect(type(["a", "\x03"]).type).toBe("cancelled");
  expect(type(["\x04"]).type).toBe("end");
  expect(type(["a", "b", LEFT, "\x04", "\r"])).toMatchObject({ line: "a" });
});

const choose = (): Completion => ({ word: "ab", from: 0, choices: ["abc", "abd"] });

test("a tab completes, and two show what there is", () => {
  expect(type(["a", "\t", "\r"], [], choose)).toMatchObject({ line: "ab" });
  expect(type(["a", "\t", "\t"], [], choose).shown).not.toContain("abc");
  expect(type(["a", "\t", "\t", "\t"], [], choose).shown).toContain("abc  abd\r\n");
});

test("a line that fills its row goes on in the next one", () => {
  const { shown } = type(Array.from("x".repeat(19)));
  // Two rows: what comes next is drawn from the row above.
  expect(shown).toBe(`\r\x1b[J$ ${"x".repeat(17)}\r\x1b[J$ ${"x".repeat(18)} \r\rx`);
});

test("createKeys() waits for what is not whole", () => {
  const keys = createKeys();
  const bytes = new TextEncoder().encode("aü\x1b[1;5C");
  expect(keys.take(bytes.slice(0, 2))).toEqual(["a"]);
  expect(keys.take(bytes.slice(2, 5))).toEqual(["ü"]);
  expect(keys.take(bytes.slice(5))).toEqual(["\x1b[1;5C"]);
});

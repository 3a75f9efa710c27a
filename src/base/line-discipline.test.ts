import { describe, expect, test } from "vitest";
import { decodeText } from "./bytes.ts";
import { createLineDiscipline } from "./line-discipline.ts";

function typeKeys(...typed: string[]): { shown: string; input: string[]; other: string[] } {
  const discipline = createLineDiscipline();
  const result = { shown: "", input: [] as string[], other: [] as string[] };
  // Keys are 1.5 seconds apart.
  for (const event of typed.flatMap((keys, at) => discipline.take(keys, at * 1500))) {
    if (event.type === "echo") result.shown += event.text;
    else if (event.type === "input") result.input.push(decodeText(event.bytes));
    else result.other.push(event.type);
  }
  return result;
}

describe("createLineDiscipline()", () => {
  test("gives whole lines and echoes what is typed", () => {
    expect(typeKeys("h", "é", "😀", "\r")).toEqual({
      shown: "hé😀\r\n",
      input: ["hé😀\n"],
      other: [],
    });
  });
  test("splits pasted lines, whatever ends them", () => {
    expect(typeKeys("one\r\ntwo\nthree\r").input).toEqual(["one\n", "two\n", "three\n"]);
    expect(typeKeys("one\r", "\n", "\n", "two\r\n", "\r").input).toEqual([
      "one\n",
      "\n",
      "two\n",
      "\n",
    ]);
  });
  test("erases one character, one word, the line, and never the prompt", () => {
    expect(typeKeys("\u007f", "ab\u007fc\r").input).toEqual(["ac\n"]);
    expect(typeKeys("one two \u0017x\r").input).toEqual(["one x\n"]);
    expect(typeKeys("one two\u0015x\r").input).toEqual(["x\n"]);
    expect(typeKeys("\u007f").shown).toBe("");
  });
  test("erases a word of any line at once", () => {
    const long = "x".repeat(40_000) + " ".repeat(40_000);
    expect(typeKeys(`${long}y\u0017\r`).input).toEqual([`${long}\n`]);
  });
  test("takes no more of a line than a program can hold", () => {
    const [line = ""] = typeKeys(`${"x".repeat(300_000)}\r`).input;
    expect(line.length).toBe(256 * 1024 + 1);
  });
  test("ends the input on Ctrl-D at the beginning of a line, else sends what is there", () => {
    expect(typeKeys("\u0004").other).toEqual(["end"]);
    expect(typeKeys("ab\u0004")).toEqual({ shown: "ab", input: ["ab"], other: [] });
  });
  test("erases what is seen as one character", () => {
    expect(typeKeys("ae\u0301\u007f\r").input).toEqual(["a\n"]);
    expect(typeKeys("a👍🏽\u007f\r").input).toEqual(["a\n"]);
    expect(typeKeys("漢字\u007f\r").input).toEqual(["漢\n"]);
  });
  test("tells one Ctrl-C from a second within a second", () => {
    const discipline = createLineDiscipline();
    const take = (timeMs: number): unknown[] => discipline.take("\u0003", timeMs).slice(1);
    expect(take(5000)).toEqual([{ type: "interrupt", again: false }]);
    expect(take(6001)).toEqual([{ type: "interrupt", again: false }]);
    expect(take(7000)).toEqual([{ type: "interrupt", again: true }]);
  });
  test("interrupts on Ctrl-C and forgets the line", () => {
    expect(typeKeys("ab\u0003", "c\r")).toEqual({
      shown: "ab^C\r\nc\r\n",
      input: ["c\n"],
      other: ["interrupt"],
    });
  });
  test("gives a pasted tab as it is, and shows a blank", () => {
    expect(typeKeys("a\tb\r")).toEqual({ shown: "a b\r\n", input: ["a\tb\n"], other: [] });
    expect(typeKeys("a\t\u007f\r").input).toEqual(["a\n"]);
  });
  test("ignores cursor and function keys", () => {
    expect(typeKeys("a\u001b[Ab\u001bOPc\u001b[1;5Cd\r").input).toEqual(["abcd\n"]);
  });
});

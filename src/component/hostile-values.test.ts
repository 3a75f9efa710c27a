/** Values that are made to take memory: a component's small memory can describe endless ones. */
import { describe, expect, test, vi } from "vitest";
import { heapBytes, LIMIT_MS, timed, times } from "./bounds.testing.ts";
import { failureOf, funcOf, link } from "./link.testing.ts";

// The tests take seconds when other work runs beside them.
vi.setConfig({ testTimeout: 60_000 });

/** A component whose `f` returns a value of the type, stored at address 16, with a memory of this many pages. */
function returns(types: string, type: string, pages: number, data: string): string {
  return `(component
    ${types}
    (core module $code
      (memory (export "memory") ${pages})
      (data (i32.const 16) "${data}")
      (func (export "f") (result i32) (i32.const 16)))
    (core instance $main (instantiate $code))
    (alias core export $main "memory" (core memory $memory))
    (func (export "f") (result ${type}) (canon lift (core func $main "f") (memory $memory))))`;
}

function words(...numbers: readonly number[]): string {
  return [...new Uint8Array(Uint32Array.from(numbers).buffer)]
    .map((byte) => `\\${byte.toString(16).padStart(2, "0")}`)
    .join("");
}

describe("MemoryContext bounds what one call reads:", () => {
  const TOO_MUCH = "a call passes more than 256 MiB of strings and lists";

  test.for([
    [
      "the same 60 MiB, a thousand times",
      "",
      "(list string)",
      961,
      words(24, 1000, ...times(1000, () => [16_384, 60 * 2 ** 20]).flat()),
    ],
    ["a list of 2 ** 26 booleans", "", "(list bool)", 1025, words(64, 2 ** 26)],
    [
      "the same list of numbers, a thousand times",
      "",
      "(list (list u64))",
      961,
      words(24, 1000, ...times(1000, () => [16_384, 7 * 2 ** 20]).flat()),
    ],
    [
      "the same list of options, a thousand times",
      "",
      "(list (list (option u8)))",
      100,
      words(24, 1000, ...times(1000, () => [16_384, 2 ** 20]).flat()),
    ],
    [
      "lists that hold themselves, forty times two deep",
      times(
        40,
        (at) =>
          `(type $t${at + 1} (tuple (list ${at === 0 ? "u32" : `$t${at}`}) (list ${at === 0 ? "u32" : `$t${at}`})))`,
      ).join("\n"),
      "$t40",
      1,
      words(16, 1, 16, 1),
    ],
    [
      "the same list of records of a thousand fields, a thousand times",
      `(type $r (record ${times(1000, (at) => `(field "f${at}" u8)`).join(" ")}))`,
      "(list (list $r))",
      20,
      words(24, 1000, ...times(1000, () => [16_384, 1000]).flat()),
    ],
    ["a list of fixed length of ten million", "(type $a (list bool 10000000))", "$a", 200, ""],
    [
      "tuples of tuples of tuples",
      `(type $t0 u8) ${times(7, (at) => `(type $t${at + 1} (tuple ${`$t${at} `.repeat(10)}))`).join("\n")}`,
      "$t7",
      200,
      "",
    ],
  ] as const)("%s", async ([, types, type, pages, data]) => {
    const exports = await link(returns(types, type, pages, data));
    const failure = await failureOf(() => timed(funcOf(exports, "f"), 5 * LIMIT_MS));
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(failure.message).toBe(TOO_MUCH);
  });

  test("a string of 60 MiB of Latin-1 takes no more than its letters", async () => {
    const text = returns("", "string", 961, words(100, 60 * 2 ** 20));
    const exports = await link(
      text.replace("(memory $memory)", "(memory $memory) string-encoding=latin1+utf16"),
    );
    const before = heapBytes();
    const got = timed(funcOf(exports, "f"), 5 * LIMIT_MS) as string;
    expect(got.length).toBe(60 * 2 ** 20);
    expect(heapBytes() - before).toBeLessThan(200 * 1024 * 1024);
  });
});

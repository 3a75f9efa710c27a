/** Errors that end a component: invalid values, memory that it does not have, calls at forbidden times. */
import { describe, expect, test } from "vitest";
import { failureOf, funcOf, link, ROOM } from "./link.testing.ts";

async function trapOf(call: () => unknown): Promise<string> {
  const failure = await failureOf(call);
  expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
  return failure.message;
}

/** A component whose `f` returns this core value, with the bytes at address 16 in a memory of 64 KiB. */
function returns(type: string, core: string, bytes = "", options = ""): string {
  return `(component
    (core module $code
      (memory (export "memory") 1)
      (data (i32.const 16) "${bytes}")
      (func (export "f") (result i32) ${core}))
    (core instance $main (instantiate $code))
    (alias core export $main "memory" (core memory $memory))
    (func (export "f") (result ${type})
      (canon lift (core func $main "f") (memory $memory) ${options})))`;
}

/** The address and length of a string or list; the pair is stored at address 16. */
function pair(at: number, length: number): string {
  return [at, length]
    .flatMap((number) => [0, 8, 16, 24].map((shift) => (number >>> shift) & 0xff))
    .map((byte) => `\\${byte.toString(16).padStart(2, "0")}`)
    .join("");
}

const AT_16 = "(i32.const 16)";

describe("LiftedFunc traps when the result", () => {
  test.for([
    ["is a place beyond memory", "string", "(i32.const 65532)", "", ""],
    ["is a place far beyond memory", "string", "(i32.const -4)", "", ""],
    ["is a place that is not aligned", "string", "(i32.const 18)", "", ""],
    ["is a string beyond memory", "string", AT_16, pair(65_530, 7), ""],
    ["is a string of 4 GiB", "string", AT_16, pair(16, 0xffff_ffff), ""],
    ["is an empty string beyond memory", "string", AT_16, pair(65_537, 0), ""],
    ["is UTF-8 cut off", "string", AT_16, `${pair(24, 2)}\\e2\\82`, ""],
    ["is UTF-8 of a surrogate", "string", AT_16, `${pair(24, 3)}\\ed\\a0\\80`, ""],
    ["is UTF-8 longer than it need be", "string", AT_16, `${pair(24, 2)}\\c0\\80`, ""],
    ["is a lone surrogate", "string", AT_16, `${pair(24, 1)}\\00\\d8`, "string-encoding=utf16"],
    ["is UTF-16 not aligned", "string", AT_16, pair(25, 1), "string-encoding=utf16"],
    ["is UTF-16 beyond memory", "string", AT_16, pair(65_530, 4), "string-encoding=utf16"],
    ["is UTF-16 of 8 GiB", "string", AT_16, pair(24, 0xffff_ffff), "string-encoding=utf16"],
    ["is Latin-1 not aligned", "string", AT_16, pair(25, 1), "string-encoding=latin1+utf16"],
    [
      "is a lone surrogate, tagged",
      "string",
      AT_16,
      `${pair(24, 0x8000_0001)}\\00\\dc`,
      "string-encoding=latin1+utf16",
    ],
    ["is a list beyond memory", "(list u32)", AT_16, pair(65_532, 2), ""],
    ["is a list not aligned", "(list u32)", AT_16, pair(17, 1), ""],
    ["is an empty list not aligned", "(list u64)", AT_16, pair(20, 0), ""],
    ["is a list longer than memory", "(list u64)", AT_16, pair(16, 0x2000_0000), ""],
    ["is a list of lists beyond memory", "(list (list u8))", AT_16, pair(65_532, 1), ""],
    ["is a surrogate", "char", "(i32.const 0xd800)", "", ""],
    ["is no code point", "char", "(i32.const 0x110000)", "", ""],
    ["is a negative code point", "char", "(i32.const -1)", "", ""],
    ["has a surrogate in it", "(tuple char u8)", AT_16, "\\ff\\df", ""],
    ["is a case that there is not", `(enum "a" "b")`, "(i32.const 2)", "", ""],
    ["is a case far beyond", `(enum "a" "b")`, "(i32.const 0x100)", "", ""],
    ["is a negative case", `(enum "a" "b")`, "(i32.const -1)", "", ""],
    ["has a case that there is not", "(option u8)", AT_16, "\\02", ""],
    ["has a result that there is not", "(result u8 (error u8))", AT_16, "\\02", ""],
  ] as const)("%s", async ([, type, core, bytes, options]) => {
    const exports = await link(returns(type, core, bytes, options));
    await trapOf(funcOf(exports, "f"));
    expect(await trapOf(funcOf(exports, "f"))).toBe("cannot enter component instance");
  });
});

/** A component whose `run` has this core code, which calls the host's function `f` of this type. */
function calls(type: string, coreType: string, body: string, more = ""): string {
  return `(component
    (import "f" (func $f ${type}))
    ${ROOM}
    (core func $lowered (canon lower (func $f) (memory $memory) (realloc $realloc)))
    (core module $code
      (import "room" "memory" (memory 1))
      (import "host" "f" (func $f ${coreType}))
      ${more}
      (func (export "run") ${body}))
    (core instance $main (instantiate $code
      (with "room" (instance $room))
      (with "host" (instance (export "f" (func $lowered))))))
    (func (export "run") (canon lift (core func $main "run"))))`;
}

describe("lowerHostFunc() traps when a parameter", () => {
  test.for([
    ["is a string beyond memory", `(param "x" string)`, "i32 i32", "(i32.const -1) (i32.const 2)"],
    ["is a list not aligned", `(param "x" (list u16))`, "i32 i32", "(i32.const 1) (i32.const 1)"],
    ["is no code point", `(param "x" char)`, "i32", "(i32.const 0xdfff)"],
    ["is no case", `(param "x" (option u8))`, "i32 i32", "(i32.const 2) (i32.const 0)"],
    [
      "is no enum's case",
      `(param "x" u8) (param "y" (enum "a"))`,
      "i32 i32",
      "(i32.const 0) (i32.const 1)",
    ],
    [
      "stands with others beyond memory",
      `(param "x" (tuple ${"u64 ".repeat(17)}))`,
      "i32",
      "(i32.const 0x1fff8)",
    ],
    [
      "stands with others at a place not aligned",
      `(param "x" (tuple ${"u64 ".repeat(17)}))`,
      "i32",
      "(i32.const 4)",
    ],
  ] as const)("%s", async ([, type, core, args]) => {
    const called: unknown[] = [];
    const exports = await link(calls(type, `(param ${core})`, `(call $f ${args})`), {
      "": { f: (x: unknown) => void called.push(x) },
    });
    await trapOf(funcOf(exports, "run"));
    expect(called).toEqual([]);
  });

  test("would be answered at a place beyond memory", async () => {
    const text = calls("(result (tuple u8 u8))", "(param i32)", "(call $f (i32.const 0x1ffff))");
    const exports = await link(text, { "": { f: () => [1, 2] } });
    expect(await trapOf(funcOf(exports, "run"))).toBe("pointer out of bounds of memory");
  });
});

/** A component whose `f` takes a list of this type; its memory has one page, and `realloc` has this code. */
function takes(type: string, realloc: string, postReturn = ""): string {
  return `(component
    (import "leave" (func $leave))
    (core func $leave (canon lower (func $leave)))
    (type $thing (resource (rep i32)))
    (core func $new (canon resource.new $thing))
    (core func $drop (canon resource.drop $thing))
    (core module $code
      (import "host" "leave" (func $leave))
      (import "host" "new" (func $new (param i32) (result i32)))
      (import "host" "drop" (func $drop (param i32)))
      (tag $oops)
      (memory (export "memory") 1)
      (func (export "f") (param i32 i32))
      (func (export "post-return") ${postReturn})
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) ${realloc}))
    (core instance $main (instantiate $code (with "host" (instance
      (export "leave" (func $leave)) (export "new" (func $new)) (export "drop" (func $drop))))))
    (alias core export $main "memory" (core memory $memory))
    (func (export "f") (param "values" ${type}) (canon lift (core func $main "f")
      (memory $memory) (realloc (core func $main "realloc"))
      (post-return (core func $main "post-return")))))`;
}

describe("MemoryContext traps when realloc", () => {
  test.for([
    ["gives what is beyond memory", "(list u8)", "(i32.const 65534)"],
    ["gives what is far beyond memory", "(list u8)", "(i32.const -1)"],
    ["gives what is not aligned", "(list u32)", "(i32.const 6)"],
    ["traps", "(list u8)", "unreachable"],
    ["throws", "(list u8)", "(throw $oops)"],
    ["calls the host", "(list u8)", "(call $leave) (i32.const 0)"],
    ["makes a resource", "(list u8)", "(call $new (i32.const 0))"],
    ["drops a resource", "(list u8)", "(call $drop (i32.const 1)) (i32.const 0)"],
  ] as const)("%s", async ([name, type, realloc]) => {
    const exports = await link(takes(type, realloc), { "": { leave: () => undefined } });
    const message = await trapOf(() => funcOf(exports, "f")([1, 2, 3]));
    if (/host|resource/.test(name)) expect(message).toBe("cannot leave component instance");
    expect(await trapOf(() => funcOf(exports, "f")([]))).toBe("cannot enter component instance");
  });

  test("gives what is beyond memory for an empty list", async () => {
    const exports = await link(takes("(list u8)", "(i32.const 65537)"), {
      "": { leave: () => undefined },
    });
    expect(await trapOf(() => funcOf(exports, "f")([]))).toBe(
      "realloc return: beyond end of memory",
    );
  });
});

describe("LiftedFunc traps when post-return", () => {
  test.for([
    ["calls the host", "(call $leave)", "cannot leave component instance"],
    ["drops a resource", "(call $drop (i32.const 1))", "cannot leave component instance"],
    ["traps", "unreachable", "unreachable"],
    ["throws", "(throw $oops)", "it threw an exception that nothing caught"],
  ] as const)("%s", async ([, postReturn, message]) => {
    const exports = await link(takes("(list u8)", "(i32.const 0)", postReturn), {
      "": { leave: () => undefined },
    });
    expect(await trapOf(() => funcOf(exports, "f")([]))).toBe(message);
    expect(await trapOf(() => funcOf(exports, "f")([]))).toBe("cannot enter component instance");
  });
});

const ILL_TYPED = {
  i32: "(i32.const -7)",
  i64: "(i64.const -7)",
  f64: "(f64.const 1.5)",
  f32: "(f32.const nan)",
  funcref: "(ref.func $any)",
  externref: "(ref.null extern)",
} as const;

/** Whether a value has the type; all other JavaScript values must have been converted or refused. */
function isOfType(type: string, value: unknown): boolean {
  if (type === "bool") return typeof value === "boolean";
  if (type === "char") return typeof value === "string" && value.length === 1;
  if (type === "s64" || type === "u64") return typeof value === "bigint";
  if (typeof value !== "number") return false;
  if (type === "f32" || type === "f64") return true;
  const bits = Number(type.slice(1));
  const from = type.startsWith("u") ? 0 : -(2 ** (bits - 1));
  return Number.isInteger(value) && value >= from && value < from + 2 ** bits;
}

// The engine does not check the types that core code declares for JavaScript functions; here, they are wrong.
describe("createNumberCodec(), for core code that is ill-typed,", () => {
  const TYPES = [
    "bool",
    "s8",
    "u8",
    "s16",
    "u16",
    "s32",
    "u32",
    "s64",
    "u64",
    "f32",
    "f64",
    "char",
  ];

  test.for(TYPES)("passes the host no %s that is none", async (type) => {
    for (const [core, value] of Object.entries(ILL_TYPED)) {
      for (const params of [
        `(param "x" ${type})`,
        `(param "x" ${type}) (param "y" (tuple u8 u8 u8))`,
      ]) {
        const seen: unknown[] = [];
        const text = calls(
          params,
          `(param ${core} i32 i32 i32)`,
          `(call $f ${value} (i32.const 0) (i32.const 0) (i32.const 0))`,
          `(func $any) (elem declare func $any)`,
        );
        const exports = await link(text, { "": { f: (x: unknown) => void seen.push(x) } });
        try {
          funcOf(exports, "run")();
        } catch (error) {
          expect(error).toBeInstanceOf(WebAssembly.RuntimeError);
          expect(seen).toEqual([]);
          continue;
        }
        expect(seen.map((got) => isOfType(type, got))).toEqual([true]);
      }
    }
  });

  test.for(TYPES)("returns no %s that is none", async (type) => {
    for (const [core, value] of Object.entries(ILL_TYPED)) {
      const exports = await link(`(component
        (core module $code
          (func $any) (elem declare func $any)
          (func (export "f") (result ${core}) ${value}))
        (core instance $main (instantiate $code))
        (func (export "f") (result ${type}) (canon lift (core func $main "f"))))`);
      try {
        expect([type, core, isOfType(type, funcOf(exports, "f")())]).toEqual([type, core, true]);
      } catch (error) {
        expect(error).toBeInstanceOf(WebAssembly.RuntimeError);
      }
    }
  });
});

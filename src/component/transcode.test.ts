/** Strings passed between components, from each encoding to each, compared with jco's adapters. */
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { StringEncoding } from "./definitions.ts";
import { funcOf, linkBinary, ROOM } from "./link.testing.ts";
import { instantiateByJco } from "./oracle.testing.ts";
import { arbitraryValue } from "./types.testing.ts";
import type { TestType } from "./types.testing.ts";

// The tests take seconds when other work runs beside them.
vi.setConfig({ testTimeout: 60_000 });

const PARAMS = `(param "texts" (list string)) (param "text" string)
  (param "other" (option (tuple char u64 f32)))`;
const RESULT = `(result (tuple (list string) string (option (tuple char u64 f32))))`;
const FLAT = "i32 i32 i32 i32 i32 i32 i64 f32";
const TYPES: readonly TestType[] = [
  { kind: "list", of: { kind: "primitive", of: "string" } },
  { kind: "primitive", of: "string" },
  {
    kind: "option",
    of: {
      kind: "tuple",
      of: [
        { kind: "primitive", of: "char" },
        { kind: "primitive", of: "u64" },
        { kind: "primitive", of: "f32" },
      ],
    },
  },
];

/** Returns its argument from the memory where it lies. */
function echoes(encoding: StringEncoding): string {
  return `
    ${ROOM}
    (core module $code
      (import "room" "memory" (memory 2))
      (func (export "f") (param ${FLAT}) (result i32)
        (i32.store (i32.const 0) (local.get 0))
        (i32.store (i32.const 4) (local.get 1))
        (i32.store (i32.const 8) (local.get 2))
        (i32.store (i32.const 12) (local.get 3))
        (i32.store8 (i32.const 16) (local.get 4))
        (i32.store (i32.const 24) (local.get 5))
        (i64.store (i32.const 32) (local.get 6))
        (f32.store (i32.const 40) (local.get 7))
        (i32.const 0)))
    (core instance $main (instantiate $code (with "room" (instance $room))))
    ${lifted(encoding)}`;
}

/** Calls the function that it imports. */
function passesOn(encoding: StringEncoding): string {
  const args = FLAT.split(" ").map((_, i) => `(local.get ${i})`);
  return `
    (import "next" (func $next ${PARAMS} ${RESULT}))
    ${ROOM}
    (core func $next (canon lower (func $next)
      (memory $memory) (realloc $realloc) string-encoding=${encoding}))
    (core module $code
      (import "next" "f" (func $next (param ${FLAT} i32)))
      (func (export "f") (param ${FLAT}) (result i32)
        (call $next ${args.join(" ")} (i32.const 1024)) (i32.const 1024)))
    (core instance $main (instantiate $code (with "next" (instance (export "f" (func $next))))))
    ${lifted(encoding)}`;
}

function lifted(encoding: StringEncoding): string {
  return `(func (export "f") ${PARAMS} ${RESULT} (canon lift (core func $main "f")
    (memory $memory) (realloc $realloc) (post-return $reset) string-encoding=${encoding}))`;
}

type Pair = readonly [from: StringEncoding, to: StringEncoding];

function name(encoding: StringEncoding): string {
  return encoding.replace("+", "-");
}

/** For each pair, three components in a row: from UTF-8 to the first encoding, then to the second, then back. */
function chains(pairs: readonly Pair[]): string {
  const used = new Set<StringEncoding>(["utf8", ...pairs.flat()]);
  return `(component
    ${[...used].map((e) => `(component $echo-${name(e)} ${echoes(e)}) (component $pass-${name(e)} ${passesOn(e)})`).join("\n")}
    ${pairs
      .map(
        ([from, to], n) => `
        (instance $a${n} (instantiate $echo-${name(to)}))
        (instance $b${n} (instantiate $pass-${name(from)} (with "next" (func $a${n} "f"))))
        (instance $c${n} (instantiate $pass-utf8 (with "next" (func $b${n} "f"))))
        (export "f${n}" (func $c${n} "f"))`,
      )
      .join("\n")})`;
}

function pairsOf(encodings: readonly StringEncoding[]): Pair[] {
  return encodings.flatMap((from) => encodings.map((to) => [from, to] as const));
}

const ROWS = fc.sample(fc.tuple(...TYPES.map(arbitraryValue)), { seed: 7, numRuns: 60 });

test("lowerComponentFunc() passes strings from any encoding to any", async () => {
  const pairs = pairsOf(["utf8", "utf16", "latin1+utf16"]);
  const ours = linkBinary(await parse(chains(pairs)), {});
  for (const n of pairs.keys()) {
    for (const args of ROWS) expect(funcOf(ours, `f${n}`)(...args)).toEqual(args);
  }
});

// One encoding only: jco has no adapters for Latin-1 nor between two of UTF-16, and loses text between UTF-8 and
// UTF-16.
test("lowerComponentFunc() passes values through three components as jco does", async () => {
  const pairs: Pair[] = [["utf8", "utf8"]];
  const bytes = await parse(chains(pairs));
  const [ours, theirs] = [linkBinary(bytes, {}), await instantiateByJco(bytes, {})];
  for (const n of pairs.keys()) {
    for (const args of ROWS) {
      expect(funcOf(ours, `f${n}`)(...args)).toEqual(theirs[`f${n}`]?.(...args));
    }
  }
});

/** Compares the linker with jco's generated code: the same components, the same values. */
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { echoComponent } from "./echo-component.testing.ts";
import type { Signature } from "./echo-component.testing.ts";
import { funcOf, linkBinary } from "./link.testing.ts";
import { instantiateByJco } from "./oracle.testing.ts";
import { arbitraryType, arbitraryValue, partsOf } from "./types.testing.ts";
import type { TestType } from "./types.testing.ts";

// The tests take seconds when other work runs beside them.
vi.setConfig({ testTimeout: 60_000 });

const SEED = 20_260_101;
const VALUES = 12;

type Call = (...args: unknown[]) => unknown;

/** Signatures of one parameter each, followed by signatures of several. */
function sampleSignatures(depth: number, count: number, withArrays: boolean): Signature[] {
  const type = arbitraryType(depth, withArrays);
  const several = fc.array(type, { minLength: 2, maxLength: 6 });
  return [
    ...fc.sample(type, { seed: SEED, numRuns: count }).map((one) => [one]),
    ...fc.sample(several, { seed: SEED, numRuns: count }),
  ];
}

/**
 * Whether the type contains an option of an option of an option. jco omits the tag of the outermost one, the linker
 * that of the innermost. Both distinguish all values; the specification does not define the representation in
 * JavaScript.
 */
function hasThreeOptions(type: TestType): boolean {
  if (type.kind === "option" && type.of.kind === "option" && type.of.of.kind === "option") {
    return true;
  }
  return partsOf(type).some(hasThreeOptions);
}

function sampleValues(types: Signature, n: number): unknown[][] {
  const values = fc.tuple(...types.map(arbitraryValue));
  return fc.sample(values, { seed: SEED + n, numRuns: VALUES });
}

/** A host whose functions record their arguments and return them. */
function createHost(signatures: readonly Signature[], seen: unknown[][]): Record<string, Call> {
  return Object.fromEntries(
    signatures.map((types, n) => [
      `f${n}`,
      (...args: unknown[]) => {
        seen.push(args);
        return types.length > 1 ? args : answer(types[0], args[0]);
      },
    ]),
  );
}

/** Returns a value as host functions must: `ok` as it is, `err` by throwing. */
function answer(type: TestType | undefined, value: unknown): unknown {
  if (type?.kind !== "result") return value;
  const { tag, val } = value as { tag: "ok" | "err"; val: unknown };
  if (tag === "err") throw val;
  return val;
}

/**
 * Cases where jco's code throws although the specification defines a value: it rejects U+0000 as a `char`, and puts an
 * `err` value into a message, which fails for an object with a field `to-string` or `value-of`.
 */
const JCO_THROWS = /^invalid i32$|^Cannot convert object to primitive value$/;
const NOTHING = Symbol("jco threw");

/** The result of a call to jco's code in the linker's form: jco throws an error that is the whole result. */
function callJco(type: TestType | undefined, call: Call, args: readonly unknown[]): unknown {
  try {
    const value = call(...args);
    return type?.kind === "result" ? { tag: "ok", val: value } : value;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (type?.kind === "result" && "payload" in error) return { tag: "err", val: error.payload };
    if (JCO_THROWS.test(error.message)) return NOTHING;
    throw error;
  }
}

/** Removes differences of representation only: typed arrays, and parts that are `undefined`. */
function normalize(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, normalize);
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== "object" || value === null) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, normalize(part)]));
}

const KINDS = [
  ["shallow types", 2, 70],
  ["deep types", 4, 40],
] as const;

describe("instantiateComponent() and jco carry the same values", () => {
  test.for(KINDS)("of %s", async ([, depth, count]) => {
    const signatures = sampleSignatures(depth, count, false).filter(
      (types) => !types.some(hasThreeOptions),
    );
    const bytes = await parse(echoComponent(signatures, ["utf8", "utf16"]));
    const seen: unknown[][] = [];
    const imports = { "test:values/host": createHost(signatures, seen) };
    const ours = linkBinary(bytes, imports);
    const theirs = await instantiateByJco(bytes, imports);
    for (const [n, types] of signatures.entries()) {
      const rows = sampleValues(types, n);
      const list = rows.map(([value]) => value);
      const echoed = normalize(funcOf(ours, `echo${n}`)(list));
      const other = callJco(undefined, theirs[`echo${n}`] as Call, [list]);
      if (other !== NOTHING) expect(echoed).toEqual(normalize(other));
      expect(echoed).toEqual(normalize(list));
      for (const args of rows) {
        const type = types.length > 1 ? undefined : types[0];
        const passed = normalize(funcOf(ours, `pass${n}`)(...args));
        const other = callJco(type, theirs[`pass${n}`] as Call, args);
        if (other !== NOTHING) expect(passed).toEqual(normalize(other));
        expect(passed).toEqual(normalize(type === undefined ? args : args[0]));
        const [mine, others = args] = seen.splice(0);
        expect(normalize(mine)).toEqual(normalize(others));
      }
    }
  });
});

// jco refuses the third encoding, and lists of fixed length, so these values are only compared with themselves.
describe("instantiateComponent() carries values there and back", () => {
  test.for(KINDS)(
    "of %s, in all encodings, with lists of fixed length",
    async ([, depth, count]) => {
      const signatures = sampleSignatures(depth, count, true);
      const seen: unknown[][] = [];
      const imports = { "test:values/host": createHost(signatures, seen) };
      const text = echoComponent(signatures, ["latin1+utf16", "utf8", "utf16"]);
      const ours = linkBinary(await parse(text), imports);
      for (const [n, types] of signatures.entries()) {
        const rows = sampleValues(types, n);
        const list = rows.map(([value]) => value);
        expect(normalize(funcOf(ours, `echo${n}`)(list))).toEqual(normalize(list));
        for (const args of rows) {
          const passed = normalize(funcOf(ours, `pass${n}`)(...args));
          expect(passed).toEqual(normalize(types.length > 1 ? args : args[0]));
          expect(normalize(seen.pop())).toEqual(normalize(args));
        }
      }
    },
  );
});

test("instantiateComponent() carries values that memory has to grow for, while it is read and written", async () => {
  const text: TestType = { kind: "primitive", of: "string" };
  const number: TestType = { kind: "primitive", of: "u64" };
  const both: TestType = {
    kind: "record",
    fields: [
      ["a", text],
      ["b", { kind: "list", of: number }],
    ],
  };
  const signatures: Signature[] = [0, 1, 2].map(() => [both, text]);
  const seen: unknown[][] = [];
  const imports = { "test:values/host": createHost(signatures, seen) };
  const encodings = ["latin1+utf16", "utf8", "utf16"] as const;
  const ours = linkBinary(await parse(echoComponent(signatures, encodings)), imports);
  for (const [n, letter] of ["ÿ", "\u{1f600}", "語"].entries()) {
    for (const count of [1, 70_000, 200_000]) {
      const value = {
        a: letter.repeat(count),
        b: BigUint64Array.from({ length: count }, () => 5n),
      };
      const passed = funcOf(ours, `pass${n}`)(value, letter.repeat(2 * count));
      expect(passed).toEqual([value, letter.repeat(2 * count)]);
      expect(seen.pop()).toEqual(passed);
      expect(funcOf(ours, `echo${n}`)([value, value])).toEqual([value, value]);
    }
  }
});

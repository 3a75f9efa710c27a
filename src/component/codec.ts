/**
 * A codec reads and writes values of one type, in memory and as core values. It consists of closures over the codecs of
 * the type's parts, created once for each type; no code is generated.
 *
 * Values are represented in JavaScript as numbers, `bigint` for 64 bits, strings, arrays, typed arrays for lists of
 * numbers, records as objects with the labels in camel case, flags as objects of booleans, enums as strings, variants
 * and results as `{ tag, val }`, options as the value or `undefined` (or `{ tag, val }` within another option).
 *
 * @see CanonicalABI.md "Loading", "Storing", "Flat Lifting", "Flat Lowering"
 */
import type { MemoryContext } from "./memory-context.ts";
import type { Layout } from "./types.ts";

/** A core value; `bigint` for an i64. */
export type CoreValue = number | bigint;

export interface Codec extends Layout {
  /** Reads at an address that is known to be aligned and within memory. */
  readonly load: (cx: MemoryContext, at: number) => unknown;
  readonly store: (cx: MemoryContext, value: unknown, at: number) => void;
  /** Reads the core values beginning at index `at`. */
  readonly lift: (cx: MemoryContext, flat: readonly CoreValue[], at: number) => unknown;
  /** Appends the value's core values. */
  readonly lower: (cx: MemoryContext, value: unknown, flat: CoreValue[]) => void;
  /** `lift` for a type with one core value. */
  readonly lift1: (cx: MemoryContext, a: CoreValue) => unknown;
  /** `lift` for a type with two core values. */
  readonly lift2: (cx: MemoryContext, a: CoreValue, b: CoreValue) => unknown;
  /**
   * Like `lift2`, for a function that does not keep the value: bytes are a view of the memory itself where possible.
   */
  readonly lend2: (cx: MemoryContext, a: CoreValue, b: CoreValue) => unknown;
  /** `lower` for a type with one core value. */
  readonly lower1: (cx: MemoryContext, value: unknown) => CoreValue;
}

/** The functions that every codec must provide. */
interface Parts {
  load: Codec["load"];
  store: Codec["store"];
}

/** Creates the codec of a type with one core value. */
export function createScalarCodec(
  { size, align, flat }: Layout,
  parts: Parts & Pick<Codec, "lift1" | "lower1">,
): Codec {
  const { load, store, lift1, lower1 } = parts;
  const lift: Codec["lift"] = (cx, values, at) => lift1(cx, values[at] as CoreValue);
  const lower: Codec["lower"] = (cx, value, values) => void values.push(lower1(cx, value));
  return { size, align, flat, load, store, lift, lower, lift1, lift2: lift1, lend2: lift1, lower1 };
}

/** Creates the codec of a type with any number of core values. */
export function createCodec(
  { size, align, flat }: Layout,
  parts: Parts & Pick<Codec, "lift" | "lower"> & Partial<Pick<Codec, "lift1" | "lift2" | "lend2">>,
): Codec {
  const { load, store, lift, lower } = parts;
  const lift1: Codec["lift1"] = parts.lift1 ?? ((cx, a) => lift(cx, [a], 0));
  const lift2: Codec["lift2"] = parts.lift2 ?? ((cx, a, b) => lift(cx, [a, b], 0));
  const lend2 = parts.lend2 ?? lift2;
  const lower1: Codec["lower1"] = (cx, value) => {
    const values: CoreValue[] = [];
    lower(cx, value, values);
    return values[0] as CoreValue;
  };
  return { size, align, flat, load, store, lift, lower, lift1, lift2, lend2, lower1 };
}

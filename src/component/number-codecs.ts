/** Codecs of numbers, `bool` and `char`. */
import { createScalarCodec } from "./codec.ts";
import type { Codec, CoreValue } from "./codec.ts";
import { trap } from "./trap.ts";
import type { Layout, NumberKind } from "./types.ts";

type Functions = Pick<Codec, "load" | "store" | "lift1" | "lower1">;

export function createNumberCodec(kind: NumberKind, layout: Layout): Codec {
  return createScalarCodec(layout, NUMBER_FUNCTIONS[kind]);
}

/**
 * Core values are as the engine passes them: an i32 is a signed number, an i64 a signed `bigint`.
 *
 * That holds if core code declares its imports and exports with the right core types, which is not checked: the engine does not
 * know what a JavaScript function takes. So each value is converted, or the conversion throws; the host never receives anything
 * else, such as a reference.
 */
const NUMBER_FUNCTIONS: Readonly<Record<NumberKind, Functions>> = {
  bool: {
    load: (cx, at) => cx.view.getUint8(at) !== 0,
    store: (cx, value, at) => cx.view.setUint8(at, value ? 1 : 0),
    lift1: (_, a) => a !== 0,
    lower1: (_, value) => (value ? 1 : 0),
  },
  s8: createFunctions("Int8", (value) => ((value as number) << 24) >> 24),
  u8: createFunctions("Uint8", (value) => (value as number) & 0xff),
  s16: createFunctions("Int16", (value) => ((value as number) << 16) >> 16),
  u16: createFunctions("Uint16", (value) => (value as number) & 0xffff),
  s32: createFunctions("Int32", (value) => (value as number) | 0),
  u32: createFunctions("Uint32", (value) => (value as number) >>> 0),
  s64: createFunctions("BigInt64", (value) => BigInt.asIntN(64, value as bigint), requireBigInt),
  u64: createFunctions("BigUint64", (value) => BigInt.asUintN(64, value as bigint), requireBigInt),
  f32: createFunctions("Float32", Number),
  f64: createFunctions("Float64", Number),
  char: {
    load: (cx, at) => toChar(cx.view.getUint32(at, true)),
    store: (cx, value, at) => cx.view.setUint32(at, toCodePoint(value), true),
    lift1: (_, a) => toChar(a),
    lower1: (_, value) => toCodePoint(value),
  },
};

/** What flags and discriminants are, by their bytes. */
export const UNSIGNED: Readonly<Record<1 | 2 | 4, Functions>> = {
  1: NUMBER_FUNCTIONS.u8,
  2: NUMBER_FUNCTIONS.u16,
  4: NUMBER_FUNCTIONS.u32,
};

/** Numbers that `DataView` reads and writes. */
type Stored =
  | "Int8"
  | "Uint8"
  | "Int16"
  | "Uint16"
  | "Int32"
  | "Uint32"
  | "BigInt64"
  | "BigUint64"
  | "Float32"
  | "Float64";

/** @param lift makes of a core value what it should be, and `lower` a core value of what the host gives */
function createFunctions(
  type: Stored,
  lift: (value: unknown) => CoreValue,
  lower: (value: unknown) => CoreValue = lift,
): Functions {
  const get = `get${type}` as const;
  const set = `set${type}` as const;
  return {
    load: (cx, at) => cx.view[get](at, true),
    store: (cx, value, at) => cx.view[set](at, value as never, true),
    lift1: (_, a) => lift(a),
    lower1: (_, value) => lower(value),
  };
}

/** The engine takes the lowest 64 bits, but of nothing else. */
function requireBigInt(value: unknown): bigint {
  return typeof value === "bigint" ? value : trap("a value of 64 bits is no bigint");
}

function toChar(a: CoreValue): string {
  return String.fromCodePoint(requireScalar(Number(a) >>> 0));
}

function toCodePoint(value: unknown): number {
  return requireScalar((value as string).codePointAt(0) ?? Infinity);
}

/** A surrogate is a code point, and no character. */
function requireScalar(code: number): number {
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return isSurrogate || code >= 0x11_0000 ? trap("a char is no Unicode scalar value") : code;
}

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
 * Core values have the types that the engine passes: an i32 is a signed number, an i64 a signed `bigint`.
 *
 * That holds only if core code declares its imports and exports with the right core types, which nothing checks, since
 * the engine does not know the types of JavaScript functions. So each value is converted, or the conversion throws; the
 * host never receives anything else, such as a reference.
 *
 * Each kind names its DataView method literally: engines call a method by a computed name at a third of the speed.
 */
const NUMBER_FUNCTIONS: Readonly<Record<NumberKind, Functions>> = {
  bool: {
    load: (cx, at) => cx.view.getUint8(at) !== 0,
    store: (cx, value, at) => cx.view.setUint8(at, value ? 1 : 0),
    lift1: (_, a) => a !== 0,
    lower1: (_, value) => (value ? 1 : 0),
  },
  s8: {
    load: (cx, at) => cx.view.getInt8(at),
    store: (cx, value, at) => cx.view.setInt8(at, value as number),
    ...convert((value) => ((value as number) << 24) >> 24),
  },
  u8: {
    load: (cx, at) => cx.view.getUint8(at),
    store: (cx, value, at) => cx.view.setUint8(at, value as number),
    ...convert((value) => (value as number) & 0xff),
  },
  s16: {
    load: (cx, at) => cx.view.getInt16(at, true),
    store: (cx, value, at) => cx.view.setInt16(at, value as number, true),
    ...convert((value) => ((value as number) << 16) >> 16),
  },
  u16: {
    load: (cx, at) => cx.view.getUint16(at, true),
    store: (cx, value, at) => cx.view.setUint16(at, value as number, true),
    ...convert((value) => (value as number) & 0xffff),
  },
  s32: {
    load: (cx, at) => cx.view.getInt32(at, true),
    store: (cx, value, at) => cx.view.setInt32(at, value as number, true),
    ...convert((value) => (value as number) | 0),
  },
  u32: {
    load: (cx, at) => cx.view.getUint32(at, true),
    store: (cx, value, at) => cx.view.setUint32(at, value as number, true),
    ...convert((value) => (value as number) >>> 0),
  },
  s64: {
    load: (cx, at) => cx.view.getBigInt64(at, true),
    store: (cx, value, at) => cx.view.setBigInt64(at, value as bigint, true),
    ...convert((value) => BigInt.asIntN(64, value as bigint), requireBigInt),
  },
  u64: {
    load: (cx, at) => cx.view.getBigUint64(at, true),
    store: (cx, value, at) => cx.view.setBigUint64(at, value as bigint, true),
    ...convert((value) => BigInt.asUintN(64, value as bigint), requireBigInt),
  },
  f32: {
    load: (cx, at) => cx.view.getFloat32(at, true),
    store: (cx, value, at) => cx.view.setFloat32(at, value as number, true),
    ...convert(Number),
  },
  f64: {
    load: (cx, at) => cx.view.getFloat64(at, true),
    store: (cx, value, at) => cx.view.setFloat64(at, value as number, true),
    ...convert(Number),
  },
  char: {
    load: (cx, at) => toChar(cx.view.getUint32(at, true)),
    store: (cx, value, at) => cx.view.setUint32(at, toCodePoint(value), true),
    lift1: (_, a) => toChar(a),
    lower1: (_, value) => toCodePoint(value),
  },
};

/** The functions of flags and discriminants, by their size in bytes. */
export const UNSIGNED: Readonly<Record<1 | 2 | 4, Functions>> = {
  1: NUMBER_FUNCTIONS.u8,
  2: NUMBER_FUNCTIONS.u16,
  4: NUMBER_FUNCTIONS.u32,
};

/**
 * @param lift converts a core value from core code @param lower converts a value from the host; by default like `lift`
 */
function convert(
  lift: (value: unknown) => CoreValue,
  lower: (value: unknown) => CoreValue = lift,
): Pick<Functions, "lift1" | "lower1"> {
  return { lift1: (_, a) => lift(a), lower1: (_, value) => lower(value) };
}

/** `BigInt.asIntN` takes the lowest 64 bits, but only of a bigint. */
function requireBigInt(value: unknown): bigint {
  return typeof value === "bigint" ? value : trap("a 64-bit value is not a bigint");
}

function toChar(a: CoreValue): string {
  return String.fromCodePoint(requireScalar(Number(a) >>> 0));
}

function toCodePoint(value: unknown): number {
  return requireScalar((value as string).codePointAt(0) ?? Infinity);
}

/** Surrogates are code points, but not characters. */
function requireScalar(code: number): number {
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return isSurrogate || code >= 0x11_0000 ? trap("a char is not a Unicode scalar value") : code;
}

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
 * Core values are what the engine makes of them: an i32 is signed, and an i64 a signed `bigint`.
 *
 * That is so where core code declares its imports and exports as it should, which nobody checks: the engine does not know
 * what a function of JavaScript takes. So each value is made what it should be, or the conversion throws; to be given
 * something else, a reference for instance, could surprise the host.
 */
export const NUMBER_FUNCTIONS: Readonly<Record<NumberKind, Functions>> = {
  bool: {
    load: (cx, at) => cx.view.getUint8(at) !== 0,
    store: (cx, value, at) => cx.view.setUint8(at, value ? 1 : 0),
    lift1: (_, a) => a !== 0,
    lower1: (_, value) => (value ? 1 : 0),
  },
  s8: {
    load: (cx, at) => cx.view.getInt8(at),
    store: (cx, value, at) => cx.view.setInt8(at, value as number),
    lift1: (_, a) => ((a as number) << 24) >> 24,
    lower1: (_, value) => ((value as number) << 24) >> 24,
  },
  u8: {
    load: (cx, at) => cx.view.getUint8(at),
    store: (cx, value, at) => cx.view.setUint8(at, value as number),
    lift1: (_, a) => (a as number) & 0xff,
    lower1: (_, value) => (value as number) & 0xff,
  },
  s16: {
    load: (cx, at) => cx.view.getInt16(at, true),
    store: (cx, value, at) => cx.view.setInt16(at, value as number, true),
    lift1: (_, a) => ((a as number) << 16) >> 16,
    lower1: (_, value) => ((value as number) << 16) >> 16,
  },
  u16: {
    load: (cx, at) => cx.view.getUint16(at, true),
    store: (cx, value, at) => cx.view.setUint16(at, value as number, true),
    lift1: (_, a) => (a as number) & 0xffff,
    lower1: (_, value) => (value as number) & 0xffff,
  },
  s32: {
    load: (cx, at) => cx.view.getInt32(at, true),
    store: (cx, value, at) => cx.view.setInt32(at, value as number, true),
    lift1: (_, a) => (a as number) | 0,
    lower1: (_, value) => (value as number) | 0,
  },
  u32: {
    load: (cx, at) => cx.view.getUint32(at, true),
    store: (cx, value, at) => cx.view.setUint32(at, value as number, true),
    lift1: (_, a) => (a as number) >>> 0,
    lower1: (_, value) => (value as number) | 0,
  },
  s64: {
    load: (cx, at) => cx.view.getBigInt64(at, true),
    store: (cx, value, at) => cx.view.setBigInt64(at, value as bigint, true),
    lift1: (_, a) => BigInt.asIntN(64, a as bigint),
    lower1: (_, value) => requireBigInt(value),
  },
  u64: {
    load: (cx, at) => cx.view.getBigUint64(at, true),
    store: (cx, value, at) => cx.view.setBigUint64(at, value as bigint, true),
    lift1: (_, a) => BigInt.asUintN(64, a as bigint),
    lower1: (_, value) => requireBigInt(value),
  },
  f32: {
    load: (cx, at) => cx.view.getFloat32(at, true),
    store: (cx, value, at) => cx.view.setFloat32(at, value as number, true),
    lift1: (_, a) => Number(a),
    lower1: (_, value) => Number(value),
  },
  f64: {
    load: (cx, at) => cx.view.getFloat64(at, true),
    store: (cx, value, at) => cx.view.setFloat64(at, value as number, true),
    lift1: (_, a) => Number(a),
    lower1: (_, value) => Number(value),
  },
  char: {
    load: (cx, at) => toChar(cx.view.getUint32(at, true)),
    store: (cx, value, at) => cx.view.setUint32(at, toCodePoint(value), true),
    lift1: (_, a) => toChar(a),
    lower1: (_, value) => toCodePoint(value),
  },
};

/** The engine takes the lowest 64 bits, but of nothing else. */
function requireBigInt(value: unknown): bigint {
  return typeof value === "bigint" ? value : trap("a value of 64 bits is no bigint");
}

function toChar(a: CoreValue): string {
  const code = Number(a) >>> 0;
  if (code >= 0x11_0000) trap("integer out of range for char");
  if (code >= 0xd800 && code <= 0xdfff) trap("surrogate code point is no char");
  return String.fromCodePoint(code);
}

function toCodePoint(value: unknown): number {
  const code = (value as string).codePointAt(0) ?? trap("an empty text is no char");
  return code >= 0xd800 && code <= 0xdfff ? trap("surrogate code point is no char") : code;
}

/** Codecs of records, tuples and flags. @see CanonicalABI.md `load_record`, `load_flags` */
import { createCodec, createScalarCodec } from "./codec.ts";
import type { Codec } from "./codec.ts";
import { toCamelCase } from "./names.ts";
import { UNSIGNED } from "./number-codecs.ts";
import { offsetsOf } from "./types.ts";
import type { Layout } from "./types.ts";

type Fields = Record<string, unknown>;

export function createRecordCodec(
  layout: Layout,
  labels: readonly string[],
  of: readonly Codec[],
): Codec {
  const names = toPropertyNames(labels);
  const tuple = createTupleCodec(layout, of);
  const toRecord = (values: unknown): Fields => {
    const record: Fields = {};
    names.forEach((name, i) => {
      record[name] = (values as unknown[])[i];
    });
    return record;
  };
  const toValues = (record: unknown): unknown[] => names.map((name) => (record as Fields)[name]);
  return createCodec(layout, {
    load: (cx, at) => toRecord(tuple.load(cx, at)),
    store: (cx, value, at) => tuple.store(cx, toValues(value), at),
    lift: (cx, flat, at) => toRecord(tuple.lift(cx, flat, at)),
    lower: (cx, value, flat) => tuple.lower(cx, toValues(value), flat),
  });
}

export function createTupleCodec(layout: Layout, of: readonly Codec[]): Codec {
  const offsets = offsetsOf(of);
  return createCodec(layout, {
    load: (cx, at) => of.map((codec, i) => codec.load(cx, at + (offsets[i] as number))),
    store(cx, value, at) {
      of.forEach((codec, i) => {
        codec.store(cx, (value as unknown[])[i], at + (offsets[i] as number));
      });
    },
    lift(cx, flat, at) {
      let next = at;
      return of.map((codec) => {
        const value = codec.lift(cx, flat, next);
        next += codec.flat.length;
        return value;
      });
    },
    lower(cx, value, flat) {
      of.forEach((codec, i) => codec.lower(cx, (value as unknown[])[i], flat));
    },
  });
}

/** Bits in the order of the labels, the lowest first; those without a label mean nothing. */
export function createFlagsCodec(layout: Layout, labels: readonly string[]): Codec {
  const names = toPropertyNames(labels);
  const number = UNSIGNED[layout.size as 1 | 2 | 4];
  const unpack = (bits: unknown): Fields => {
    const flags: Fields = {};
    names.forEach((name, i) => {
      flags[name] = (((bits as number) >>> i) & 1) !== 0;
    });
    return flags;
  };
  const pack = (flags: unknown): number =>
    names.reduce((bits, name, i) => ((flags as Fields)[name] === true ? bits | (1 << i) : bits), 0);
  return createScalarCodec(layout, {
    load: (cx, at) => unpack(number.load(cx, at)),
    store: (cx, value, at) => number.store(cx, pack(value), at),
    lift1: (_, a) => unpack(a),
    lower1: (_, value) => pack(value),
  });
}

/** In camel case, but where that makes one of two: `a-1` and `a1`. */
function toPropertyNames(labels: readonly string[]): readonly string[] {
  const names = labels.map(toCamelCase);
  return new Set(names).size === names.length ? names : labels;
}

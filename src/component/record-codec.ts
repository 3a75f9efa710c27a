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
  return createFieldsCodec(layout, toPropertyNames(labels), of, () => ({}));
}

export function createTupleCodec(layout: Layout, of: readonly Codec[]): Codec {
  return createFieldsCodec(layout, [...of.keys()], of, () => []);
}

/** Uses plain loops: with arrays of values and a callback for each, writing the result of `stat` took twice as long. */
function createFieldsCodec(
  layout: Layout,
  keys: ReadonlyArray<string | number>,
  of: readonly Codec[],
  create: () => Fields | unknown[],
): Codec {
  const offsets = offsetsOf(of);
  const count = of.length;
  return createCodec(layout, {
    load(cx, at) {
      const fields = create() as Fields;
      for (let i = 0; i < count; i++) {
        fields[keys[i] as string] = (of[i] as Codec).load(cx, at + (offsets[i] as number));
      }
      return fields;
    },
    store(cx, value, at) {
      for (let i = 0; i < count; i++) {
        const field = (value as Fields)[keys[i] as string];
        (of[i] as Codec).store(cx, field, at + (offsets[i] as number));
      }
    },
    lift(cx, flat, at) {
      const fields = create() as Fields;
      let next = at;
      for (let i = 0; i < count; i++) {
        const codec = of[i] as Codec;
        fields[keys[i] as string] = codec.lift(cx, flat, next);
        next += codec.flat.length;
      }
      return fields;
    },
    lower(cx, value, flat) {
      for (let i = 0; i < count; i++) {
        (of[i] as Codec).lower(cx, (value as Fields)[keys[i] as string], flat);
      }
    },
  });
}

/** Bits in the order of the labels, the lowest first; bits without a label are ignored. */
export function createFlagsCodec(layout: Layout, labels: readonly string[]): Codec {
  const names = toPropertyNames(labels);
  const number = UNSIGNED[layout.size as 1 | 2 | 4];
  const unpack = (bits: unknown): Fields => {
    const flags: Fields = {};
    for (let i = 0; i < names.length; i++) {
      flags[names[i] as string] = (((bits as number) >>> i) & 1) !== 0;
    }
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

/** Camel-case names, unless two labels would get the same one, such as `a-1` and `a1`. */
function toPropertyNames(labels: readonly string[]): readonly string[] {
  const names = labels.map(toCamelCase);
  return new Set(names).size === names.length ? names : labels;
}

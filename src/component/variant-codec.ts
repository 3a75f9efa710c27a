/** Codecs of variants, and of their special cases: enums, options and results. @see CanonicalABI.md `load_variant` */
import { createCodec } from "./codec.ts";
import type { Codec, CoreValue } from "./codec.ts";
import { UNSIGNED } from "./number-codecs.ts";
import { trap } from "./trap.ts";
import { discriminantSize, payloadOffset } from "./types.ts";
import type { CoreType, Layout } from "./types.ts";

interface Tagged {
  readonly tag: string;
  readonly val?: unknown;
}

export function createVariantCodec(
  layout: Layout,
  labels: readonly string[],
  of: readonly (Codec | undefined)[],
): Codec {
  const find = createFinder(labels);
  return createCaseCodec(
    layout,
    of,
    (index, val) => ({ tag: labels[index], val }),
    (value) => find((value as Tagged).tag),
    (value) => (value as Tagged).val,
  );
}

export function createEnumCodec(layout: Layout, labels: readonly string[]): Codec {
  const find = createFinder(labels);
  return createCaseCodec(
    layout,
    labels.map(() => undefined),
    (index) => labels[index],
    (value) => find(value as string),
    () => undefined,
  );
}

export function createOptionCodec(layout: Layout, of: Codec, isNested: boolean): Codec {
  // An option of an option needs tags, to distinguish "none" from "some none".
  if (isNested) return createVariantCodec(layout, ["none", "some"], [undefined, of]);
  return createCaseCodec(
    layout,
    [undefined, of],
    (_, payload) => payload,
    (value) => (value === undefined || value === null ? 0 : 1),
    (value) => value,
  );
}

/** Finds a case by its label. The index is built on first use: most cells never see most errors. */
function createFinder(labels: readonly string[]): (label: string) => number {
  let indices: ReadonlyMap<string, number> | undefined;
  return (label) => {
    indices ??= new Map(labels.map((own, index) => [own, index]));
    return indices.get(label) ?? trap(`a variant has no case "${label}"`);
  };
}

/** @param wrap creates the value of a case; `indexOf` and `payloadOf` take one apart */
function createCaseCodec(
  layout: Layout,
  of: readonly (Codec | undefined)[],
  wrap: (index: number, payload: unknown) => unknown,
  indexOf: (value: unknown) => number,
  payloadOf: (value: unknown) => unknown,
): Codec {
  const discriminant = UNSIGNED[discriminantSize(of.length)];
  const offset = payloadOffset(of);
  const payloadFlat = layout.flat.slice(1);
  const check = (index: number): number =>
    index < of.length ? index : trap("unexpected variant discriminant value");
  return createCodec(layout, {
    load(cx, at) {
      const index = check(discriminant.load(cx, at) as number);
      return wrap(index, of[index]?.load(cx, at + offset));
    },
    store(cx, value, at) {
      const index = indexOf(value);
      discriminant.store(cx, index, at);
      of[index]?.store(cx, payloadOf(value), at + offset);
    },
    lift(cx, flat, at) {
      const index = check(Number(flat[at]) >>> 0);
      const codec = of[index];
      if (codec === undefined) return wrap(index, undefined);
      const payload = codec.flat.map((want, i) =>
        uncast(payloadFlat[i] as CoreType, want, flat[at + 1 + i] as CoreValue),
      );
      return wrap(index, codec.lift(cx, payload, 0));
    },
    lower(cx, value, flat) {
      const index = indexOf(value);
      const codec = of[index];
      const payload: CoreValue[] = [];
      codec?.lower(cx, payloadOf(value), payload);
      flat.push(index);
      payloadFlat.forEach((want, i) => {
        const have = codec?.flat[i];
        flat.push(
          have === undefined
            ? want === "i64"
              ? 0n
              : 0
            : cast(have, want, payload[i] as CoreValue),
        );
      });
    },
  });
}

const bits = new DataView(new ArrayBuffer(8));

/** Converts a core value of type `have` to `want`, the core type that all cases share. */
function cast(have: CoreType, want: CoreType, value: CoreValue): CoreValue {
  if (have === want) return value;
  if (have === "f64") {
    bits.setFloat64(0, value as number);
    return bits.getBigInt64(0);
  }
  bits.setFloat32(0, value as number);
  const low = have === "f32" ? bits.getInt32(0) : (value as number);
  return want === "i32" ? low : BigInt(low >>> 0);
}

function uncast(have: CoreType, want: CoreType, value: CoreValue): CoreValue {
  if (have === want) return value;
  if (want === "f64") {
    bits.setBigInt64(0, value as bigint);
    return bits.getFloat64(0);
  }
  const low = Number(BigInt.asIntN(32, BigInt(value)));
  if (want === "i32") return low;
  bits.setInt32(0, low);
  return bits.getFloat32(0);
}

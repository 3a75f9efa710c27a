/** Random types and values of every kind for tests, by fast-check, and types as text. */
import * as fc from "fast-check";
import { createValueType } from "./types.ts";
import type { PrimitiveKind } from "./definitions.ts";
import type { ValueType } from "./types.ts";

/** A type without resources, as a tree. */
export type TestType =
  | { readonly kind: "primitive"; readonly of: PrimitiveKind }
  | { readonly kind: "record"; readonly fields: ReadonlyArray<readonly [string, TestType]> }
  | {
      readonly kind: "variant";
      readonly cases: ReadonlyArray<readonly [string, TestType | undefined]>;
    }
  | { readonly kind: "list"; readonly of: TestType }
  | { readonly kind: "array"; readonly of: TestType; readonly length: number }
  | { readonly kind: "tuple"; readonly of: readonly TestType[] }
  | { readonly kind: "flags" | "enum"; readonly labels: readonly string[] }
  | { readonly kind: "option"; readonly of: TestType }
  | {
      readonly kind: "result";
      readonly ok: TestType | undefined;
      readonly err: TestType | undefined;
    };

const PRIMITIVES: readonly PrimitiveKind[] = [
  ...(["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64"] as const),
  ...(["f32", "f64", "char", "string", "string"] as const),
];

/** Labels, some of which are names of members of JavaScript objects and functions. */
const LABELS: readonly string[] = (
  "constructor then to-string arguments value-of length name proto has-own-property tag val default class " +
  "a b-c b-2 x-y-z await"
).split(" ");

const labels = (maxLength: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength });

/** Types of at most this depth. @param withArrays whether to include lists of fixed length */
export function arbitraryType(depth: number, withArrays = false): fc.Arbitrary<TestType> {
  const primitive = fc
    .constantFrom(...PRIMITIVES)
    .map((of): TestType => ({ kind: "primitive", of }));
  const named = fc.oneof(
    labels(18).map((labels): TestType => ({ kind: "flags", labels })),
    labels(18).map((labels): TestType => ({ kind: "enum", labels })),
  );
  if (depth <= 1) return fc.oneof({ arbitrary: primitive, weight: 5 }, named);
  const of = arbitraryType(depth - 1, withArrays);
  const optional = fc.option(of, { nil: undefined });
  const arrays = fc
    .record({ of, length: fc.integer({ min: 1, max: 5 }) })
    .map((parts): TestType => ({ kind: "array", ...parts }));
  return fc.oneof(
    primitive,
    named,
    labels(5).chain((names) =>
      fc
        .tuple(...names.map((name) => of.map((type) => [name, type] as const)))
        .map((fields): TestType => ({ kind: "record", fields })),
    ),
    labels(5).chain((names) =>
      fc
        .tuple(...names.map((name) => optional.map((type) => [name, type] as const)))
        .map((cases): TestType => ({ kind: "variant", cases })),
    ),
    of.map((type): TestType => ({ kind: "list", of: type })),
    fc.array(of, { minLength: 1, maxLength: 4 }).map((types): TestType => ({
      kind: "tuple",
      of: types,
    })),
    of.map((type): TestType => ({ kind: "option", of: type })),
    fc.record({ ok: optional, err: optional }).map((parts): TestType => ({
      kind: "result",
      ...parts,
    })),
    ...(withArrays ? [arrays] : []),
  );
}

const integer = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
const char = fc
  .oneof(
    fc.integer({ min: 0, max: 0xff }),
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((code) => String.fromCodePoint(code));
const latin1 = fc
  .array(fc.integer({ min: 0, max: 0xff }), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));
const text = fc.oneof(
  latin1,
  fc.array(char, { maxLength: 8 }).map((chars) => chars.join("")),
);

const VALUES: Readonly<Record<PrimitiveKind, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  s8: integer(-128, 127),
  u8: integer(0, 255),
  s16: integer(-0x8000, 0x7fff),
  u16: integer(0, 0xffff),
  s32: integer(-0x8000_0000, 0x7fff_ffff),
  u32: integer(0, 0xffff_ffff),
  s64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  f32: fc.float(),
  f64: fc.double(),
  char,
  string: text,
};

/** Values of the type in the linker's representation. */
export function arbitraryValue(type: TestType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "record":
      return fc
        .tuple(...type.fields.map(([, of]) => arbitraryValue(of)))
        .map((values) =>
          Object.fromEntries(type.fields.map(([label], i) => [toCamelCase(label), values[i]])),
        );
    case "variant":
      return fc.oneof(...type.cases.map(([tag, of]) => tagged(tag, of)));
    case "list":
      return fc.array(arbitraryValue(type.of), { maxLength: 5 });
    case "array":
      return fc.array(arbitraryValue(type.of), { minLength: type.length, maxLength: type.length });
    case "tuple":
      return fc.tuple(...type.of.map(arbitraryValue));
    case "flags":
      return fc
        .tuple(...type.labels.map(() => fc.boolean()))
        .map((values) =>
          Object.fromEntries(type.labels.map((label, i) => [toCamelCase(label), values[i]])),
        );
    case "enum":
      return fc.constantFrom(...type.labels);
    case "option":
      return type.of.kind === "option"
        ? fc.oneof(tagged("none", undefined), tagged("some", type.of))
        : fc.option(arbitraryValue(type.of), { nil: undefined });
    case "result":
      return fc.oneof(tagged("ok", type.ok), tagged("err", type.err));
    case "primitive":
      return VALUES[type.of];
  }
}

function tagged(tag: string, of: TestType | undefined): fc.Arbitrary<unknown> {
  return of === undefined ? fc.constant({ tag }) : arbitraryValue(of).map((val) => ({ tag, val }));
}

function toCamelCase(label: string): string {
  return label.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The direct parts of the type. */
export function partsOf(type: TestType): readonly TestType[] {
  switch (type.kind) {
    case "record":
      return type.fields.map(([, of]) => of);
    case "variant":
      return type.cases.flatMap(([, of]) => of ?? []);
    case "tuple":
      return type.of;
    case "list":
    case "array":
    case "option":
      return [type.of];
    case "result":
      return [type.ok ?? [], type.err ?? []].flat();
    case "primitive":
    case "flags":
    case "enum":
      return [];
  }
}

/** The type in the linker's representation, for its layout. */
export function toValueType(type: TestType): ValueType {
  const optional = (of: TestType | undefined): ValueType | undefined => of && toValueType(of);
  switch (type.kind) {
    case "record":
      return createValueType({
        kind: "record",
        labels: type.fields.map(([label]) => label),
        of: type.fields.map(([, of]) => toValueType(of)),
      });
    case "variant":
      return createValueType({
        kind: "variant",
        labels: type.cases.map(([label]) => label),
        of: type.cases.map(([, of]) => optional(of)),
      });
    case "list":
      return createValueType({ kind: "list", of: [toValueType(type.of)] });
    case "array":
      return createValueType({ kind: "list", of: [toValueType(type.of)], length: type.length });
    case "tuple":
      return createValueType({ kind: "tuple", of: type.of.map(toValueType) });
    case "option":
      return createValueType({ kind: "option", of: [undefined, toValueType(type.of)] });
    case "result":
      return createValueType({ kind: "result", of: [optional(type.ok), optional(type.err)] });
    case "primitive":
      return createValueType({ kind: type.of });
    case "flags":
    case "enum":
      return createValueType(type);
  }
}

/** Writes types as text. Types that must have names get new ones, which `definitions` defines. */
export class TypeWriter {
  /** One `(type …)` for each name, in order. */
  readonly definitions: Array<{ readonly name: string; readonly text: string }> = [];

  write(type: TestType): string {
    const optional = (word: string, of: TestType | undefined): string =>
      of === undefined ? "" : word === "" ? ` ${this.write(of)}` : ` (${word} ${this.write(of)})`;
    switch (type.kind) {
      case "record":
        return this.#name(
          `(record${type.fields.map(([label, of]) => ` (field "${label}" ${this.write(of)})`).join("")})`,
        );
      case "variant":
        return this.#name(
          `(variant${type.cases.map(([label, of]) => ` (case "${label}"${optional("", of)})`).join("")})`,
        );
      case "flags":
      case "enum":
        return this.#name(`(${type.kind}${quoted(type.labels)})`);
      case "list":
        return `(list ${this.write(type.of)})`;
      case "array":
        return `(list ${this.write(type.of)} ${type.length})`;
      case "tuple":
        return `(tuple ${type.of.map((of) => this.write(of)).join(" ")})`;
      case "option":
        return `(option ${this.write(type.of)})`;
      case "result":
        return `(result${optional("", type.ok)}${optional("error", type.err)})`;
      case "primitive":
        return type.of;
    }
  }

  #name(text: string): string {
    const name = `t${this.definitions.length}`;
    this.definitions.push({ name, text });
    return `$${name}`;
  }
}

function quoted(labels: readonly string[]): string {
  return labels.map((label) => ` "${label}"`).join("");
}

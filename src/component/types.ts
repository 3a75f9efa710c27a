/**
 * Types, resolved: they refer to each other instead of by index, and know their layout in memory and as core values.
 *
 * One that is used in many places is one object, so a type is a graph, and never a tree: whatever walks types follows an
 * object once, or has another bound.
 *
 * @see CanonicalABI.md "Alignment", "Element Size", "Flattening"
 */
import type { Declaration, Labelled, PrimitiveKind } from "./definitions.ts";
import { refuse } from "./cursor.ts";
import { TYPE_DEPTH_LIMIT, VALUE_BYTES_LIMIT } from "./limits.ts";
import type { Scope } from "./scope.ts";

export type CoreType = "i32" | "i64" | "f32" | "f64";

export interface Layout {
  /** Bytes in memory. */
  readonly size: number;
  readonly align: number;
  /** As core values; of more than `FLAT_LIMIT`, one more than that many: nobody asks for the rest. */
  readonly flat: readonly CoreType[];
  /** Whether values point to memory of their own: strings and lists. */
  readonly pointers: boolean;
  /** Whether values hold borrowed handles. */
  readonly borrows: boolean;
  /** Whether values hold any handles. */
  readonly handles: boolean;
  readonly depth: number;
}

export type Shape =
  | { readonly kind: PrimitiveKind }
  | { readonly kind: "record"; readonly fields: readonly Labelled<ValueType>[] }
  | { readonly kind: "variant"; readonly cases: readonly Labelled<ValueType | undefined>[] }
  | { readonly kind: "list"; readonly of: ValueType; readonly length: number | undefined }
  | { readonly kind: "tuple"; readonly of: readonly ValueType[] }
  | { readonly kind: "flags" | "enum"; readonly labels: readonly string[] }
  | { readonly kind: "option"; readonly of: ValueType }
  | {
      readonly kind: "result";
      readonly ok: ValueType | undefined;
      readonly err: ValueType | undefined;
    }
  | { readonly kind: "own" | "borrow"; readonly resource: ResourceType };

export type ValueType = Shape & Layout;

export interface FuncType {
  readonly kind: "func";
  readonly params: readonly Labelled<ValueType>[];
  /** The parameters, as one type: made once, since a component may lift and lower as many functions of a type as it likes. */
  readonly tuple: ValueType;
  readonly result: ValueType | undefined;
}

/** Identity is everything: two resource types are the same when they are one object. */
export interface ResourceType {
  readonly kind: "resource";
  /** For messages: the name it was imported or exported by, or nothing. */
  readonly name: string;
  /** The instance that defines it; `undefined` for one of the host's. */
  readonly owner: object | undefined;
}

/** What is declared is resolved anew for each instance, in a scope within this one. */
export interface InterfaceType {
  readonly kind: "instance" | "component";
  readonly declarations: readonly Declaration[];
  readonly scope: Scope;
  /** How many types the scope had before: it may refer to those. */
  readonly outerTypes: number;
}

export type Type = ValueType | FuncType | ResourceType | InterfaceType;

/** Core values that the parameters of a function may take; more are passed in memory. */
export const FLAT_LIMIT = 16;

export const PRIMITIVES: ReadonlySet<PrimitiveKind> = new Set<PrimitiveKind>([
  ...(["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64"] as const),
  ...(["f32", "f64", "char", "string"] as const),
]);

export function isPrimitive(type: ValueType): type is Layout & { readonly kind: PrimitiveKind } {
  return PRIMITIVES.has(type.kind as PrimitiveKind);
}

export function isValueType(type: Type): type is ValueType {
  return "size" in type;
}

/** A value type of this shape. Refuses one that is larger or deeper than any may be. */
export function createValueType(shape: Shape): ValueType {
  const type: ValueType = { ...shape, ...layOut(shape) };
  if (type.size >= VALUE_BYTES_LIMIT) refuse("it has a type that exceeds the maximum byte size");
  if (type.depth > TYPE_DEPTH_LIMIT) refuse("its types are nested too deep");
  return type;
}

function layOut(shape: Shape): Layout {
  switch (shape.kind) {
    case "bool":
    case "s8":
    case "u8":
      return NUMBERS[1];
    case "s16":
    case "u16":
      return NUMBERS[2];
    case "s32":
    case "u32":
    case "char":
      return NUMBERS[4];
    case "s64":
    case "u64":
      return { ...NUMBERS[4], size: 8, align: 8, flat: ["i64"] };
    case "f32":
      return { ...NUMBERS[4], flat: ["f32"] };
    case "f64":
      return { ...NUMBERS[4], size: 8, align: 8, flat: ["f64"] };
    case "string":
      return POINTER_AND_LENGTH;
    case "list":
      return shape.length === undefined
        ? { ...joinParts([shape.of]), ...POINTER_AND_LENGTH_PLACE }
        : layOutArray(shape.of, shape.length);
    case "record":
      return layOutTuple(shape.fields.map(([, type]) => type));
    case "tuple":
      return layOutTuple(shape.of);
    case "flags":
      return NUMBERS[flagsSize(shape.labels.length)];
    case "variant":
      return layOutVariant(shape.cases.map(([, type]) => type));
    case "enum":
      return NUMBERS[discriminantSize(shape.labels.length)];
    case "option":
      return layOutVariant([undefined, shape.of]);
    case "result":
      return layOutVariant([shape.ok, shape.err]);
    case "own":
      return OWN;
    case "borrow":
      return BORROW;
  }
}

const NONE = { pointers: false, borrows: false, handles: false, depth: 1 };
const I32: readonly CoreType[] = ["i32"];
/** Numbers and the like that are passed as an i32, by their bytes in memory. */
const NUMBERS = {
  1: { size: 1, align: 1, flat: I32, ...NONE },
  2: { size: 2, align: 2, flat: I32, ...NONE },
  4: { size: 4, align: 4, flat: I32, ...NONE },
} as const;
const OWN: Layout = { ...NUMBERS[4], handles: true };
const BORROW: Layout = { ...OWN, borrows: true };
const POINTER_AND_LENGTH_PLACE = {
  size: 8,
  align: 4,
  flat: ["i32", "i32"],
  pointers: true,
} as const;
const POINTER_AND_LENGTH: Layout = { ...NONE, ...POINTER_AND_LENGTH_PLACE };

/** The bytes of what says which case of a variant or enum a value is. */
export function discriminantSize(cases: number): 1 | 2 | 4 {
  if (cases <= 0x100) return 1;
  return cases <= 0x1_0000 ? 2 : 4;
}

function flagsSize(labels: number): 1 | 2 | 4 {
  if (labels <= 8) return 1;
  return labels <= 16 ? 2 : 4;
}

function alignTo(at: number, align: number): number {
  return Math.ceil(at / align) * align;
}

/** Where the fields of a record or tuple begin in memory. */
export function offsetsOf(fields: readonly Layout[]): number[] {
  let at = 0;
  return fields.map(({ size, align }) => {
    const offset = alignTo(at, align);
    at = offset + size;
    return offset;
  });
}

/** Where the payload of a variant begins in memory. */
export function payloadOffset(cases: readonly (Layout | undefined)[]): number {
  const align = cases.reduce((most, payload) => Math.max(most, payload?.align ?? 1), 1);
  return alignTo(discriminantSize(cases.length), align);
}

function layOutTuple(fields: readonly Layout[]): Layout {
  const all = joinParts(fields);
  let at = 0;
  for (const { size, align, flat } of fields) {
    at = alignTo(at, align) + size;
    for (const type of flat) if (all.flat.length <= FLAT_LIMIT) all.flat.push(type);
  }
  all.size = alignTo(at, all.align);
  return all;
}

function layOutArray(of: Layout, length: number): Layout {
  const all = joinParts([of]);
  all.size = of.size * length;
  for (let left = Math.min(length, FLAT_LIMIT + 1); left > 0; left--) {
    for (const type of of.flat) if (all.flat.length <= FLAT_LIMIT) all.flat.push(type);
  }
  return all;
}

function layOutVariant(cases: readonly (Layout | undefined)[]): Layout {
  const all = joinParts(cases);
  const { flat } = all;
  flat.push("i32");
  for (const payload of cases) {
    payload?.flat.forEach((type, at) => {
      if (at < FLAT_LIMIT) flat[at + 1] = join(flat[at + 1], type);
    });
  }
  const offset = payloadOffset(cases);
  all.align = Math.max(discriminantSize(cases.length), all.align);
  all.size = alignTo(offset + all.size, all.align);
  return all;
}

interface Parts extends Layout {
  size: number;
  align: number;
  flat: CoreType[];
  pointers: boolean;
  borrows: boolean;
  handles: boolean;
  depth: number;
}

/** What is true of a type since it is of one of its parts; `size` and `align` are the largest of theirs. */
function joinParts(parts: readonly (Layout | undefined)[]): Parts {
  const all: Parts = { size: 0, align: 1, flat: [], ...NONE };
  for (const part of parts) {
    if (part === undefined) continue;
    all.size = Math.max(all.size, part.size);
    all.align = Math.max(all.align, part.align);
    all.pointers ||= part.pointers;
    all.borrows ||= part.borrows;
    all.handles ||= part.handles;
    all.depth = Math.max(all.depth, part.depth + 1);
  }
  return all;
}

/** The core type that holds values of both. */
function join(a: CoreType | undefined, b: CoreType): CoreType {
  if (a === undefined || a === b) return b;
  return (a === "i32" && b === "f32") || (a === "f32" && b === "i32") ? "i32" : "i64";
}

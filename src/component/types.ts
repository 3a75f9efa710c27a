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
      return layOutNumber(1, "i32");
    case "s16":
    case "u16":
      return layOutNumber(2, "i32");
    case "s32":
    case "u32":
    case "char":
      return layOutNumber(4, "i32");
    case "s64":
    case "u64":
      return layOutNumber(8, "i64");
    case "f32":
      return layOutNumber(4, "f32");
    case "f64":
      return layOutNumber(8, "f64");
    case "string":
      return POINTER_AND_LENGTH;
    case "list":
      return shape.length === undefined
        ? { ...POINTER_AND_LENGTH, ...joinFlags([shape.of]), pointers: true }
        : layOutArray(shape.of, shape.length);
    case "record":
      return layOutTuple(shape.fields.map(([, type]) => type));
    case "tuple":
      return layOutTuple(shape.of);
    case "flags":
      return layOutNumber(flagsSize(shape.labels.length), "i32");
    case "variant":
      return layOutVariant(shape.cases.map(([, type]) => type));
    case "enum":
      return layOutNumber(discriminantSize(shape.labels.length), "i32");
    case "option":
      return layOutVariant([undefined, shape.of]);
    case "result":
      return layOutVariant([shape.ok, shape.err]);
    case "own":
    case "borrow":
      return { ...layOutNumber(4, "i32"), borrows: shape.kind === "borrow", handles: true };
  }
}

const POINTER_AND_LENGTH: Layout = {
  size: 8,
  align: 4,
  flat: ["i32", "i32"],
  pointers: true,
  borrows: false,
  handles: false,
  depth: 1,
};

function layOutNumber(size: number, core: CoreType): Layout {
  const none = { pointers: false, borrows: false, handles: false };
  return { size, align: size, flat: [core], ...none, depth: 1 };
}

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
  return alignTo(discriminantSize(cases.length), largest(cases, "align", 1));
}

function layOutTuple(fields: readonly Layout[]): Layout {
  const align = largest(fields, "align", 1);
  const end = (offsetsOf(fields).at(-1) ?? 0) + (fields.at(-1)?.size ?? 0);
  const flat: CoreType[] = [];
  for (const field of fields) if (flat.length <= FLAT_LIMIT) flat.push(...field.flat);
  return { size: alignTo(end, align), align, ...joinFlags(fields), flat: limitFlat(flat) };
}

function layOutArray(of: Layout, length: number): Layout {
  const flat: CoreType[] = [];
  for (let left = Math.min(length, FLAT_LIMIT + 1); left > 0; left--) flat.push(...of.flat);
  return { size: of.size * length, align: of.align, ...joinFlags([of]), flat: limitFlat(flat) };
}

function layOutVariant(cases: readonly (Layout | undefined)[]): Layout {
  const align = Math.max(discriminantSize(cases.length), largest(cases, "align", 1));
  const flat: CoreType[] = ["i32"];
  for (const payload of cases) {
    payload?.flat.forEach((type, at) => {
      flat[at + 1] = join(flat[at + 1], type);
    });
  }
  const size = alignTo(payloadOffset(cases) + largest(cases, "size", 0), align);
  return { size, align, ...joinFlags(cases), flat: limitFlat(flat) };
}

function joinFlags(
  parts: readonly (Layout | undefined)[],
): Pick<Layout, "pointers" | "borrows" | "handles" | "depth"> {
  return {
    pointers: parts.some((part) => part?.pointers),
    borrows: parts.some((part) => part?.borrows),
    handles: parts.some((part) => part?.handles),
    depth: largest(parts, "depth", 0) + 1,
  };
}

function largest(
  parts: readonly (Layout | undefined)[],
  key: "size" | "align" | "depth",
  least: number,
): number {
  return parts.reduce((most, part) => Math.max(most, part?.[key] ?? 0), least);
}

function limitFlat(flat: readonly CoreType[]): readonly CoreType[] {
  return flat.length > FLAT_LIMIT ? flat.slice(0, FLAT_LIMIT + 1) : flat;
}

/** The core type that holds values of both. */
function join(a: CoreType | undefined, b: CoreType): CoreType {
  if (a === undefined || a === b) return b;
  return (a === "i32" && b === "f32") || (a === "f32" && b === "i32") ? "i32" : "i64";
}

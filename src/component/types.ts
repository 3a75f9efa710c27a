/**
 * Resolved types: they refer to each other by reference instead of by index, and know their layout in memory and as
 * core values.
 *
 * A type that is used in many places is one object, so types form graphs, not trees: code that walks types must visit
 * an object once, or be bounded otherwise.
 *
 * @see CanonicalABI.md "Alignment", "Element Size", "Flattening"
 */
import type { PrimitiveKind, ValueKind } from "./definitions.ts";

export type CoreType = "i32" | "i64" | "f32" | "f64";

export interface Layout {
  /** Size in memory in bytes. */
  readonly size: number;
  readonly align: number;
  /** Core values; cut after `FLAT_LIMIT` + 1, since larger types are passed in memory. */
  readonly flat: readonly CoreType[];
}

/** The contents of a type; each kind omits what it does not have. */
export interface Shape {
  readonly kind: ValueKind;
  /** Names of fields, cases or flags. */
  readonly labels?: readonly string[];
  /** Types of fields, elements or payloads; `undefined` for a case without payload. An enum has none. */
  readonly of?: ReadonlyArray<ValueType | undefined>;
  /** Number of elements, for a list of fixed length. */
  readonly length?: number | undefined;
  /** The resource type of a handle. */
  readonly resource?: ResourceType | undefined;
}

export type ValueType = Layout & Shape & Required<Pick<Shape, "labels" | "of">>;

export interface FuncType {
  readonly kind: "func";
  /**
   * The parameters as one tuple type, whose labels are their names. It is created once for each function type, since a
   * component may lift and lower any number of functions of one type.
   */
  readonly tuple: ValueType;
  readonly result: ValueType | undefined;
}

/** A resource type, compared by identity: two are the same only if they are one object. */
export interface ResourceType {
  readonly kind: "resource";
  /** For messages: the name under which it was imported, if it was. */
  readonly name: string;
  /** The instance that defines it; `undefined` for a resource of the host. */
  readonly owner: object | undefined;
}

/** Maximum number of core values of a function's parameters; more are passed in memory. */
export const FLAT_LIMIT = 16;

export type NumberKind = Exclude<PrimitiveKind, "string">;

/** Sizes of numbers, booleans and characters in bytes. */
const NUMBER_BYTES: Readonly<Record<NumberKind, number>> = {
  bool: 1,
  s8: 1,
  u8: 1,
  s16: 2,
  u16: 2,
  s32: 4,
  u32: 4,
  f32: 4,
  char: 4,
  s64: 8,
  u64: 8,
  f64: 8,
};

export function isNumber(kind: ValueKind): kind is NumberKind {
  return kind in NUMBER_BYTES;
}

const POINTER_AND_LENGTH: Layout = { size: 8, align: 4, flat: ["i32", "i32"] };
const HANDLE: Layout = { size: 4, align: 4, flat: ["i32"] };

/** Primitive types, shared by all components. */
export const PRIMITIVES: ReadonlyMap<ValueKind, ValueType> = new Map(
  (["string", ...Object.keys(NUMBER_BYTES)] as PrimitiveKind[]).map((kind) => [
    kind,
    createValueType({ kind }),
  ]),
);

export function isValueType(type: { readonly kind: string }): type is ValueType {
  return (type as Partial<ValueType>).size !== undefined;
}

export function createValueType({
  kind,
  labels = [],
  of = [],
  length,
  resource,
}: Shape): ValueType {
  const { size, align, flat } = layOut(kind, of, labels.length, length);
  return { kind, labels, of, length, resource, size, align, flat };
}

function layOut(
  kind: ValueKind,
  of: ReadonlyArray<ValueType | undefined>,
  labels: number,
  length: number | undefined,
): Layout {
  if (isNumber(kind)) return layOutNumber(kind, NUMBER_BYTES[kind]);
  switch (kind) {
    case "string":
      return POINTER_AND_LENGTH;
    case "list":
      return length === undefined ? POINTER_AND_LENGTH : layOutArray(of as ValueType[], length);
    case "record":
    case "tuple":
      return layOutTuple(of as ValueType[]);
    case "flags":
      return layOutNumber(kind, labels <= 8 ? 1 : labels <= 16 ? 2 : 4);
    case "variant":
    case "enum":
    case "option":
    case "result":
      return layOutVariant(of, labels);
    case "own":
    case "borrow":
      return HANDLE;
  }
}

function layOutNumber(kind: ValueKind, size: number): Layout {
  const isFloat = kind === "f32" || kind === "f64";
  return { size, align: size, flat: [isFloat ? kind : size === 8 ? "i64" : "i32"] };
}

/** Size in bytes of the discriminant, which tells the case of a variant or enum. */
export function discriminantSize(cases: number): 1 | 2 | 4 {
  if (cases <= 0x100) return 1;
  return cases <= 0x1_0000 ? 2 : 4;
}

function alignTo(at: number, align: number): number {
  return Math.ceil(at / align) * align;
}

/** The offsets of the fields of a record or tuple in memory. */
export function offsetsOf(fields: readonly Layout[]): number[] {
  let at = 0;
  return fields.map(({ size, align }) => {
    const offset = alignTo(at, align);
    at = offset + size;
    return offset;
  });
}

/** The offset of a variant's payload in memory. */
export function payloadOffset(cases: ReadonlyArray<Layout | undefined>): number {
  return alignTo(discriminantSize(cases.length), alignOf(cases));
}

function alignOf(parts: ReadonlyArray<Layout | undefined>): number {
  return parts.reduce((most, part) => Math.max(most, part?.align ?? 1), 1);
}

function layOutTuple(fields: readonly Layout[]): Layout {
  const flat: CoreType[] = [];
  const align = alignOf(fields);
  let size = 0;
  for (const field of fields) {
    size = alignTo(size, field.align) + field.size;
    for (const type of field.flat) if (flat.length <= FLAT_LIMIT) flat.push(type);
  }
  return { size: alignTo(size, align), align, flat };
}

function layOutArray([of]: readonly ValueType[], length: number): Layout {
  const some = Array.from<Layout>({ length: Math.min(length, FLAT_LIMIT + 1) }).fill(of as Layout);
  const { align, flat } = layOutTuple(some);
  return { size: (of?.size ?? 0) * length, align, flat };
}

function layOutVariant(payloads: ReadonlyArray<Layout | undefined>, labels: number): Layout {
  const flat: CoreType[] = ["i32"];
  const tag = discriminantSize(Math.max(labels, payloads.length));
  const payloadAlign = alignOf(payloads);
  const align = Math.max(tag, payloadAlign);
  let size = 0;
  for (const payload of payloads) {
    size = Math.max(size, payload?.size ?? 0);
    payload?.flat.forEach((type, at) => {
      if (at < FLAT_LIMIT) flat[at + 1] = join(flat[at + 1], type);
    });
  }
  // A payload of smaller or equal alignment begins right behind the tag.
  return { size: alignTo(alignTo(tag, payloadAlign) + size, align), align, flat };
}

/** The core type that can hold values of both. */
function join(a: CoreType | undefined, b: CoreType): CoreType {
  if (a === undefined || a === b) return b;
  return (a === "i32" && b === "f32") || (a === "f32" && b === "i32") ? "i32" : "i64";
}

/** Fields other than groups: code that reads and writes them, and expressions for defaults and constants. */
import { Field, Type } from "capnp-es/capnp/schema";
import type { Schema, Value } from "./schema.ts";
import type { TypeNames } from "./type-names.ts";

/** Reader method, bits, and property of `Value`, by type. */
const NUMBERS: Readonly<Record<number, readonly [name: string, bits: number, key: keyof Value]>> = {
  [Type.BOOL]: ["bool", 1, "bool"],
  [Type.INT8]: ["int8", 8, "int8"],
  [Type.INT16]: ["int16", 16, "int16"],
  [Type.INT32]: ["int32", 32, "int32"],
  [Type.INT64]: ["int64", 64, "int64"],
  [Type.UINT8]: ["uint8", 8, "uint8"],
  [Type.UINT16]: ["uint16", 16, "uint16"],
  [Type.UINT32]: ["uint32", 32, "uint32"],
  [Type.UINT64]: ["uint64", 64, "uint64"],
  [Type.FLOAT32]: ["float32", 32, "float32"],
  [Type.FLOAT64]: ["float64", 64, "float64"],
  [Type.ENUM]: ["uint16", 16, "enum"],
};

/** An expression for the field's value. @param byDefault the value for null, if it is not the type's */
export function readField(names: TypeNames, field: Field, byDefault: string | undefined): string {
  const { type, offset } = field.slot;
  if (type._isVoid) return "undefined";
  const number = NUMBERS[type.which()];
  if (number !== undefined) {
    const read = `s.${number[0]}(${numberAt(field).join(", ")})`;
    return type._isEnum ? `${names.toValue(type)}.toName(${read})` : read;
  }
  const read = `${accessOf(names, type, "read")}(s.pointer(${offset}))`;
  return byDefault === undefined ? read : `s.pointer(${offset}).isNull ? (${byDefault}) : ${read}`;
}

/** A statement that writes the field, for a value that is not `undefined`. */
export function writeField(names: TypeNames, field: Field, value: string): string {
  const { type, offset } = field.slot;
  if (type._isVoid) return "";
  const number = NUMBERS[type.which()];
  if (number === undefined) {
    return `${accessOf(names, type, "write")}(s.pointer(${offset}), ${value});`;
  }
  const [at, ...byDefault] = numberAt(field);
  const wireValue = type._isEnum ? `${names.toValue(type)}.toOrdinal(${value})` : value;
  const name = number[0];
  const set = `set${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `s.${set}(${[at, wireValue, ...byDefault].join(", ")});`;
}

/** Whether a field is outside the union. */
export function isAlways(field: Field): boolean {
  return field.discriminantValue === Field.NO_DISCRIMINANT;
}

/** An expression for a pointer field's explicit default; `undefined` if it has none. */
export function pointerDefault(schema: Schema, names: TypeNames, field: Field): string | undefined {
  const { hadExplicitDefault, type, defaultValue } = field.slot;
  return hadExplicitDefault && NUMBERS[type.which()] === undefined
    ? emitValue(schema, names, type, defaultValue, "parseDefault")
    : undefined;
}

/** An expression for a value in the schema. @param parse the function that parses structs and lists */
export function emitValue(
  schema: Schema,
  names: TypeNames,
  type: Type,
  value: Value,
  parse: "parseDefault" | "parseLiteral",
): string {
  const [, , key] = NUMBERS[type.which()] ?? [];
  if (key !== undefined) return emitNumber(names, type, value[key]);
  if (type._isText) return JSON.stringify(value.text);
  if (type._isData) return `new Uint8Array([${[...value.data.toUint8Array()].join(", ")}])`;
  if (!type._isStruct && !type._isList && !type._isAnyPointer) return "undefined";
  const pointer = type._isStruct ? value.struct : type._isList ? value.list : value.anyPointer;
  return `${accessOf(names, type, "read")}($.${parse}("${schema.toHex(pointer)}"))`;
}

/** The function that reads or writes a pointer of this type; for lists, that of the element type. */
function accessOf(names: TypeNames, type: Type, verb: "read" | "write"): string {
  return type._isList
    ? `${names.toValue(type.list.elementType)}.${verb}List`
    : `${names.toValue(type)}.${verb}`;
}

function emitNumber(names: TypeNames, type: Type, value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (type._isEnum) return `${names.toValue(type)}.toName(${Number(value)})`;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A number's offset, and its default unless that is 0. */
function numberAt(field: Field): string[] {
  const { type, offset, defaultValue } = field.slot;
  const [, bits, key] = NUMBERS[type.which()] ?? ["", 0, "void"];
  const at = `${bits === 1 ? offset : (offset * bits) / 8}`;
  const value = defaultValue._isVoid ? 0 : defaultValue[key];
  if (Object.is(value, 0) || value === 0n || value === false) return [at];
  if (value === true) return [at, "true"];
  if (type._isFloat32 || type._isFloat64) return [at, floatBits(Number(value), bits)];
  return [at, typeof value === "bigint" ? `${value}n` : `${Number(value)}`];
}

function floatBits(value: number, bits: number): string {
  const view = new DataView(new ArrayBuffer(8));
  if (bits === 32) {
    view.setFloat32(0, value);
    return `0x${view.getUint32(0).toString(16)}`;
  }
  view.setFloat64(0, value);
  return `0x${view.getBigUint64(0).toString(16)}n`;
}

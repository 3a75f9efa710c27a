/** Structs: the record type, and the code that reads and writes it. */
import { Field, Type } from "capnp-es/capnp/schema";
import type { Node, Schema, Value } from "./schema.ts";
import type { TypeNames } from "./type-names.ts";

export interface StructCode {
  /** The members of a record type, or for a union the alternatives joined to them. */
  readonly type: string;
  /** The arguments of `$.defineStruct`. */
  readonly definition: string;
}

/** Reader method, bits, and how a default is found, by type. */
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

/** The names that a call, being a promise, has for itself. */
const PROMISE_NAMES = new Set(["then", "catch", "finally"]);

export function emitStruct(schema: Schema, names: TypeNames, node: Node): StructCode {
  const { struct } = node;
  const id = `0x${node.id.toString(16)}n`;
  const ahead = [...struct.fields].flatMap((field) => aheadOf(schema, names, field));
  const name = node.displayName.slice(node.displayName.lastIndexOf(":") + 1);
  return {
    type: emitType(schema, names, node),
    definition: [
      `id: ${id},`,
      `name: ${JSON.stringify(name)},`,
      `dataWords: ${struct.dataWordCount},`,
      `pointers: ${struct.pointerCount},`,
      ahead.length > 0 ? `ahead: { ${ahead.join(", ")} },` : "",
      ...(struct.fields.length === 0
        ? ["read: () => ({}),", "write: () => undefined,"]
        : [
            `read: (s) => ${emitRead(schema, names, node)},`,
            `write(s, value) { ${emitWrite(schema, names, node, "value")} },`,
          ]),
    ]
      .filter((line) => line !== "")
      .join("\n"),
  };
}

function emitType(schema: Schema, names: TypeNames, node: Node): string {
  const member = (field: Field): string =>
    `readonly ${field.name}: ${fieldType(schema, names, field)};`;
  const { always, union } = split(node);
  const common = `{ ${always.map(member).join(" ")} }`;
  if (union.length === 0) return always.length === 0 ? "object" : common;
  const alternatives = union.map(
    (field) => `{ readonly which: ${JSON.stringify(field.name)}; ${member(field)} }`,
  );
  alternatives.push("{ readonly which: number }");
  return `${always.length > 0 ? `${common} & ` : ""}(${alternatives.join(" | ")})`;
}

function fieldType(schema: Schema, names: TypeNames, field: Field): string {
  if (isRecursive(schema, field)) return `${names.toType(field.slot.type)} | undefined`;
  if (field._isGroup) return emitType(schema, names, schema.node(field.group.typeId));
  return names.toType(field.slot.type);
}

function emitRead(schema: Schema, names: TypeNames, node: Node): string {
  const member = (field: Field): string => `${field.name}: ${readField(schema, names, field)}`;
  const { always, union } = split(node);
  const common = always.map(member);
  if (union.length === 0) return `({ ${common.join(", ")} })`;
  const at = node.struct.discriminantOffset * 2;
  const cases = union.map(
    (field) =>
      `case ${field.discriminantValue}: return { ...common, which: ${JSON.stringify(field.name)} as const, ${member(field)} };`,
  );
  return `(() => {
    const common = { ${common.join(", ")} };
    const which = s.uint16(${at});
    switch (which) { ${cases.join("\n")} default: return { ...common, which }; }
  })()`;
}

function readField(schema: Schema, names: TypeNames, field: Field): string {
  if (field._isGroup) return emitRead(schema, names, schema.node(field.group.typeId));
  const { type, offset } = field.slot;
  if (type._isVoid) return "undefined";
  const number = NUMBERS[type.which()];
  if (number !== undefined) {
    const read = `s.${number[0]}(${numberAt(field)})`;
    return type._isEnum ? `${names.toValue(type)}.toName(${read})` : read;
  }
  const read = `${names.toValue(type)}.read(s.pointer(${offset}))`;
  const byDefault = isRecursive(schema, field) ? "undefined" : pointerDefault(schema, names, field);
  return byDefault === undefined ? read : `s.pointer(${offset}).isNull ? ${byDefault} : ${read}`;
}

/** Whether a null field, read as its default, would contain itself. Such a field reads as undefined. */
function isRecursive(schema: Schema, field: Field): boolean {
  if (!field._isSlot || !field.slot.type._isStruct) return false;
  const start = field.slot.type.struct.typeId;
  const seen = new Set<bigint>();
  const leads = (id: bigint): boolean => {
    if (seen.has(id)) return false;
    seen.add(id);
    return [...schema.node(id).struct.fields].some((inner) => {
      if (inner._isGroup) return leads(inner.group.typeId);
      const { type } = inner.slot;
      return type._isStruct && (type.struct.typeId === start || leads(type.struct.typeId));
    });
  };
  return leads(start);
}

function emitWrite(schema: Schema, names: TypeNames, node: Node, value: string): string {
  const { always, union } = split(node);
  const common = always.map((field) => writeField(schema, names, field, value));
  if (union.length === 0) return common.join("\n");
  const at = node.struct.discriminantOffset * 2;
  const cases = union.map(
    (field) =>
      `case ${JSON.stringify(field.name)}: s.setUint16(${at}, ${field.discriminantValue}); ${writeField(schema, names, field, value)} break;`,
  );
  return `${common.join("\n")}
    switch (${value}.which) { ${cases.join("\n")} default: if (${value}.which !== undefined) s.setUint16(${at}, ${value}.which); }`;
}

function writeField(schema: Schema, names: TypeNames, field: Field, record: string): string {
  const value = `${record}.${field.name}`;
  if (field._isGroup) {
    const inner = emitWrite(schema, names, schema.node(field.group.typeId), value);
    return `if (${value} !== undefined) { ${inner} }`;
  }
  const { type, offset } = field.slot;
  if (type._isVoid) return "";
  const number = NUMBERS[type.which()];
  if (number === undefined) {
    return `if (${value} !== undefined) ${names.toValue(type)}.write(s.pointer(${offset}), ${value});`;
  }
  const [at, byDefault] = numberAt(field).split(", ");
  const given = type._isEnum ? `${names.toValue(type)}.toOrdinal(${value})` : value;
  const name = number[0];
  const set = `set${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const rest = byDefault === undefined ? "" : `, ${byDefault}`;
  return `if (${value} !== undefined) s.${set}(${at}, ${given}${rest});`;
}

/** The offset of a number, and its default where it is not zero. */
function numberAt(field: Field): string {
  const { type, offset, defaultValue } = field.slot;
  const [, bits, key] = NUMBERS[type.which()] ?? ["", 0, "void"];
  const at = bits === 1 ? offset : (offset * bits) / 8;
  const value = defaultValue.which() === 0 ? 0 : defaultValue[key];
  if (value === 0 || value === 0n || value === false) return `${at}`;
  if (typeof value === "bigint") return `${at}, ${value}n`;
  if (value === true) return `${at}, true`;
  if (type._isFloat32 || type._isFloat64) return `${at}, ${floatBits(Number(value), bits)}`;
  return `${at}, ${Number(value)}`;
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

function pointerDefault(schema: Schema, names: TypeNames, field: Field): string | undefined {
  const { hadExplicitDefault, type, defaultValue } = field.slot;
  return hadExplicitDefault ? emitPointerValue(schema, names, type, defaultValue) : undefined;
}

/** An expression for a constant behind a pointer; `undefined` for what can only be null. */
export function emitPointerValue(
  schema: Schema,
  names: TypeNames,
  type: Type,
  value: Value,
): string | undefined {
  if (type._isText) return JSON.stringify(value.text);
  if (type._isData) return `new Uint8Array([${[...value.data.toUint8Array()].join(", ")}])`;
  if (!type._isStruct && !type._isList && !type._isAnyPointer) return undefined;
  const pointer = type._isStruct ? value.struct : type._isList ? value.list : value.anyPointer;
  return `${names.toValue(type)}.read($.parseLiteral("${schema.toHex(pointer)}"))`;
}

function aheadOf(schema: Schema, names: TypeNames, field: Field): string[] {
  if (!field._isSlot || !isAlways(field)) return [];
  const { type, offset } = field.slot;
  const isAhead =
    type._isStruct ||
    type._isInterface ||
    (type._isAnyPointer && (type.anyPointer._isParameter || names.toType(type) === "$.Client"));
  if (!isAhead || PROMISE_NAMES.has(field.name)) return [];
  return [`${field.name}: [${offset}, () => ${names.toValue(type)}]`];
}

function split(node: Node): { always: Field[]; union: Field[] } {
  const fields = [...node.struct.fields];
  return { always: fields.filter(isAlways), union: fields.filter((field) => !isAlways(field)) };
}

/** Whether a field is there whatever the union holds. */
function isAlways(field: Field): boolean {
  return field.discriminantValue === Field.NO_DISCRIMINANT;
}

/** Generates structs: the record type, and the code that reads and writes it. */
import { isAlways, pointerDefault, readField, writeField } from "./field.ts";
import { toMemberName } from "./names.ts";
import { isRecursive } from "./recursion.ts";
import type { Field, Node, Schema } from "./schema.ts";
import type { TypeNames } from "./type-names.ts";

/** Lets bundlers drop generated code that a program does not use. */
export const PURE = "/* @__PURE__ */";

export interface StructCode {
  /** The members of a record type; for a union, intersected with its alternatives. */
  readonly type: string;
  /** The arguments of `$.defineStruct`. */
  readonly definition: string;
}

export function emitStruct(schema: Schema, names: TypeNames, node: Node): StructCode {
  const { struct } = node;
  const pipelined = [...struct.fields].flatMap((field) => pipelinedOf(names, field));
  const name = node.displayName.slice(node.displayName.lastIndexOf(":") + 1);
  return {
    type: emitType(schema, names, node),
    definition: [
      `id: 0x${node.id.toString(16)}n,`,
      `name: ${JSON.stringify(name)},`,
      `dataWords: ${struct.dataWordCount},`,
      `pointers: ${struct.pointerCount},`,
      pipelined.length > 0 ? `pipelined: { ${pipelined.join(", ")} },` : "",
      ...(struct.fields.length === 0
        ? ["read: () => ({}),", "write: () => undefined,"]
        : [
            emitReader(schema, names, node),
            `write(s, value) { let f = ""; try { ${emitWrite(schema, names, node, [])} } catch (error) { throw $.inField(f, error); } },`,
          ]),
    ]
      .filter((line) => line !== "")
      .join("\n"),
  };
}

function emitType(schema: Schema, names: TypeNames, node: Node): string {
  const { always, union } = split(node);
  const indexes = new Map([...node.struct.fields].map(({ name }, index) => [name, index]));
  const member = (field: Field): string => {
    const text = schema.commentOfMember(node, indexes.get(field.name) ?? -1);
    return `${toComment(text)}readonly ${memberName(node, field)}: ${fieldType(schema, names, node, field)};`;
  };
  const common = `{ ${always.map(member).join("\n")} }`;
  if (union.length === 0) return always.length === 0 ? "object" : common;
  const alternatives = union.map(
    (field) => `{ readonly which: ${JSON.stringify(memberName(node, field))};\n${member(field)} }`,
  );
  // An unknown member of the union; a field of the union without `which` is refused.
  const none = union.map((field) => `readonly ${memberName(node, field)}?: undefined;`);
  alternatives.push(`{ readonly which: number; ${none.join(" ")} }`);
  return `${always.length > 0 ? `${common} & ` : ""}(${alternatives.join(" | ")})`;
}

function fieldType(schema: Schema, names: TypeNames, node: Node, field: Field): string {
  if (field._isGroup) return emitType(schema, names, schema.node(field.group.typeId));
  const type = names.toType(field.slot.type);
  return isRecursive(schema, node, field) ? `${type} | undefined` : type;
}

/** The property `read` of a definition. */
function emitReader(schema: Schema, names: TypeNames, node: Node): string {
  const { union } = split(node);
  return union.length === 0
    ? `read: (s) => ${emitRead(schema, names, node)},`
    : `read(s) { ${emitUnion(schema, names, node)} },`;
}

/** An expression for the record. */
function emitRead(schema: Schema, names: TypeNames, node: Node): string {
  const { always, union } = split(node);
  if (union.length > 0) return `(() => { ${emitUnion(schema, names, node)} })()`;
  return `({ ${always.map((field) => emitMember(schema, names, node, field)).join(", ")} })`;
}

/** Statements that return the record with the union's current member. */
function emitUnion(schema: Schema, names: TypeNames, node: Node): string {
  const { always, union } = split(node);
  const common = always.map((field) => emitMember(schema, names, node, field));
  const spread = common.length > 0 ? "...common, " : "";
  const cases = union.map((field) => {
    const which = JSON.stringify(memberName(node, field));
    const member = emitMember(schema, names, node, field);
    return `case ${field.discriminantValue}: return { ${spread}which: ${which} as const, ${member} };`;
  });
  return `${common.length > 0 ? `const common = { ${common.join(", ")} };` : ""}
    const which = s.uint16(${node.struct.discriminantOffset * 2});
    switch (which) { ${cases.join("\n")} default: return { ${spread}which }; }`;
}

function emitMember(schema: Schema, names: TypeNames, node: Node, field: Field): string {
  const read = field._isGroup
    ? emitRead(schema, names, schema.node(field.group.typeId))
    : readField(names, field, nullOf(schema, names, node, field));
  return `${memberName(node, field)}: ${read}`;
}

/**
 * An expression for the value of a null field; `undefined` if it is the type's default.
 *
 * A default that would contain the struct again is read once: inside it, such a field is `undefined`.
 */
function nullOf(schema: Schema, names: TypeNames, node: Node, field: Field): string | undefined {
  const byDefault = pointerDefault(schema, names, field);
  if (!isRecursive(schema, node, field)) return byDefault;
  return byDefault === undefined ? "undefined" : `s.message.isDefault ? undefined : ${byDefault}`;
}

/** Statements that write the record at a path of groups; `f` holds the current field's name, for errors. */
function emitWrite(schema: Schema, names: TypeNames, node: Node, path: readonly string[]): string {
  const { always, union } = split(node);
  const value = ["value", ...path].join(".");
  const write = (field: Field): string => {
    const here = [...path, memberName(node, field)];
    const inner = field._isGroup
      ? emitWrite(schema, names, schema.node(field.group.typeId), here)
      : writeField(names, field, ["value", ...here].join("."));
    if (inner === "") return "";
    return `if (${["value", ...here].join(".")} !== undefined) { f = ${JSON.stringify(here.join("."))}; ${inner} }`;
  };
  const common = always.map(write).join("\n");
  if (union.length === 0) return common;
  const at = node.struct.discriminantOffset * 2;
  const members = union.map((field) => JSON.stringify(memberName(node, field)));
  const cases = union.map(
    (field, index) =>
      `case ${members[index]}: s.setUint16(${at}, ${field.discriminantValue}); ${write(field)} break;`,
  );
  return `${common}
    switch (${value}.which) { ${cases.join("\n")}
      case undefined: $.requireNone(${value}, [${members.join(", ")}]); break;
      default: f = ${JSON.stringify([...path, "which"].join("."))}; s.setUint16(${at}, ${value}.which); }`;
}

function pipelinedOf(names: TypeNames, field: Field): string[] {
  if (!field._isSlot || !isAlways(field)) return [];
  const { type, offset } = field.slot;
  const canPipeline =
    type._isStruct ||
    type._isInterface ||
    (type._isAnyPointer && names.toType(type) !== "$.PointerReader");
  return canPipeline
    ? [`${toMemberName(field.name)}: [${offset}, () => ${names.toValue(type)}]`]
    : [];
}

/** A union's current member is in the property `which`. */
function memberName(node: Node, field: Field): string {
  const isTaken = field.name === "which" && node.struct.discriminantCount > 0;
  return isTaken ? "which_" : toMemberName(field.name);
}

function split(node: Node): { always: Field[]; union: Field[] } {
  const fields = [...node.struct.fields];
  return { always: fields.filter(isAlways), union: fields.filter((field) => !isAlways(field)) };
}

/** A doc comment with its line break; empty for no text. */
export function toComment(text: string): string {
  if (text === "") return "";
  const lines = text.replaceAll("*/", "* /").split("\n");
  return lines.length === 1
    ? `/** ${lines[0]} */\n`
    : `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */\n`;
}

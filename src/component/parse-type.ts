/** Types of a component. @see Binary.md "Type Definitions" */
import { damaged, refuse } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type {
  Case,
  Declaration,
  FuncTypeDefinition,
  Labelled,
  PrimitiveKind,
  TypeDefinition,
  ValueTypeRef,
} from "./definitions.ts";
import { refuseType } from "./future.ts";
import { NESTING_LIMIT } from "./limits.ts";
import { parseAlias, parseExportDeclaration, parseImport } from "./parse-names.ts";
import { skipCoreType } from "./skip-core-type.ts";

/** From 0x73 on. */
const PRIMITIVES: readonly PrimitiveKind[] = [
  "string",
  "char",
  "f64",
  "f32",
  "u64",
  "s64",
  "u32",
  "s32",
  "u16",
  "s16",
  "u8",
  "s8",
  "bool",
];

/** @param depth how many components and types of instances are around this one */
export function parseType(cursor: Cursor, depth: number): TypeDefinition {
  const opcode = cursor.byte();
  switch (opcode) {
    case 0x72:
      return { kind: "record", fields: cursor.many(() => parseField(cursor)) };
    case 0x71:
      return { kind: "variant", cases: cursor.many(() => parseCase(cursor)) };
    case 0x70:
      return { kind: "list", of: parseRef(cursor), length: undefined };
    case 0x67:
      return { kind: "list", of: parseRef(cursor), length: cursor.u32() || damaged() };
    case 0x6f:
      return { kind: "tuple", of: cursor.many(() => parseRef(cursor)) };
    case 0x6e:
      return { kind: "flags", labels: cursor.many(() => cursor.name()) };
    case 0x6d:
      return { kind: "enum", labels: cursor.many(() => cursor.name()) };
    case 0x6b:
      return { kind: "option", of: parseRef(cursor) };
    case 0x6a:
      return {
        kind: "result",
        ok: cursor.optional(() => parseRef(cursor)),
        err: cursor.optional(() => parseRef(cursor)),
      };
    case 0x69:
      return { kind: "own", of: cursor.u32() };
    case 0x68:
      return { kind: "borrow", of: cursor.u32() };
    case 0x40:
      return parseFunc(cursor);
    case 0x41:
      return { kind: "component", declarations: parseDeclarations(cursor, depth + 1, true) };
    case 0x42:
      return { kind: "instance", declarations: parseDeclarations(cursor, depth + 1, false) };
    case 0x3f:
      if (cursor.byte() !== 0x7f) refuse("the representation of a resource is no i32");
      return { kind: "resource", destructor: cursor.optional(() => cursor.u32()) };
    default:
      return { kind: "primitive", of: toPrimitive(opcode) };
  }
}

function toPrimitive(opcode: number): PrimitiveKind {
  return PRIMITIVES[opcode - 0x73] ?? refuseType(opcode);
}

/** A signed number, of which only indices and primitives are one byte or positive. */
function parseRef(cursor: Cursor): ValueTypeRef {
  const byte = cursor.peek();
  if (byte < 0x40 || byte >= 0x80) return cursor.u32();
  cursor.byte();
  return toPrimitive(byte);
}

function parseField(cursor: Cursor): Labelled<ValueTypeRef> {
  return [cursor.name(), parseRef(cursor)];
}

function parseCase(cursor: Cursor): Case {
  const label = cursor.name();
  const of = cursor.optional(() => parseRef(cursor));
  if (cursor.byte() !== 0) damaged();
  return of === undefined ? [label] : [label, of];
}

function parseFunc(cursor: Cursor): FuncTypeDefinition {
  const params = cursor.many(() => parseField(cursor));
  switch (cursor.byte()) {
    case 0:
      return { kind: "func", params, result: parseRef(cursor) };
    case 1:
      if (cursor.byte() !== 0) refuse("a function has named results, which are no more");
      return { kind: "func", params, result: undefined };
    default:
      return damaged();
  }
}

function parseDeclarations(cursor: Cursor, depth: number, ofComponent: boolean): Declaration[] {
  if (depth > NESTING_LIMIT) refuse("its types are nested too deep");
  return cursor.many(() => parseDeclaration(cursor, depth, ofComponent));
}

function parseDeclaration(cursor: Cursor, depth: number, ofComponent: boolean): Declaration {
  switch (cursor.byte()) {
    case 0:
      skipCoreType(cursor, depth);
      return { op: "core type" };
    case 1: {
      const type = parseType(cursor, depth);
      if (type.kind === "resource") refuse("it defines a resource within a type");
      return { op: "type", type };
    }
    case 2: {
      const alias = parseAlias(cursor);
      const isType = alias.sort === "type" || alias.sort === "core type";
      const isInstance = alias.op === "alias" && alias.sort === "instance";
      if (alias.op === "core alias" || !(isType || isInstance)) {
        return refuse("a type has an alias of neither a type nor an instance");
      }
      return alias;
    }
    case 3:
      return ofComponent ? parseImport(cursor) : damaged();
    case 4:
      return parseExportDeclaration(cursor);
    default:
      return damaged();
  }
}

/** Types of a component. @see Binary.md "Type Definitions" */
import { damaged, refuse } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type {
  Definition,
  FuncTypeDefinition,
  Labelled,
  PrimitiveKind,
  TypeDefinition,
  ValueTypeRef,
} from "./definitions.ts";
import { refuseType } from "./future.ts";
import { NESTING_LIMIT } from "./limits.ts";
import { checkLabel } from "./names.ts";
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
const FLAGS_LIMIT = 32;

/** @param depth how many components and types of instances are around this one */
export function parseType(cursor: Cursor, depth: number): TypeDefinition {
  const opcode = cursor.byte();
  switch (opcode) {
    case 0x72:
      return { kind: "record", fields: unique(notEmpty(cursor.many(() => parseField(cursor)))) };
    case 0x71:
      return { kind: "variant", cases: unique(notEmpty(cursor.many(() => parseCase(cursor)))) };
    case 0x70:
      return { kind: "list", of: parseRef(cursor), length: undefined };
    case 0x67:
      return { kind: "list", of: parseRef(cursor), length: cursor.u32() || damaged() };
    case 0x6f:
      return { kind: "tuple", of: notEmpty(cursor.many(() => parseRef(cursor))) };
    case 0x6e:
      return { kind: "flags", labels: parseFlags(cursor) };
    case 0x6d:
      return { kind: "enum", labels: parseLabels(cursor) };
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
  return [checkLabel(cursor.name()), parseRef(cursor)];
}

function parseCase(cursor: Cursor): Labelled<ValueTypeRef | undefined> {
  const label = checkLabel(cursor.name());
  const of = cursor.optional(() => parseRef(cursor));
  if (cursor.byte() !== 0) damaged();
  return [label, of];
}

function parseLabels(cursor: Cursor): string[] {
  const labels = notEmpty(cursor.many(() => checkLabel(cursor.name())));
  unique(labels.map((label) => [label]));
  return labels;
}

function parseFlags(cursor: Cursor): string[] {
  const labels = parseLabels(cursor);
  if (labels.length > FLAGS_LIMIT) refuse(`it has a type with more than ${FLAGS_LIMIT} flags`);
  return labels;
}

function notEmpty<T>(parts: T[]): T[] {
  if (parts.length === 0) refuse("it has a type without parts, such as an empty record");
  return parts;
}

/** Case apart, labels of one scope must differ. */
function unique<T extends readonly [label: string, ...rest: unknown[]]>(parts: T[]): T[] {
  const seen = new Set<string>();
  for (const [label] of parts) {
    const key = label.toLowerCase();
    if (seen.has(key)) refuse(`it has a type with two parts of the name "${label}"`);
    seen.add(key);
  }
  return parts;
}

function parseFunc(cursor: Cursor): FuncTypeDefinition {
  const params = unique(cursor.many(() => parseField(cursor)));
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

function parseDeclarations(cursor: Cursor, depth: number, ofComponent: boolean): Definition[] {
  if (depth > NESTING_LIMIT) refuse("its types are nested too deep");
  return cursor.many(() => parseDeclaration(cursor, depth, ofComponent));
}

function parseDeclaration(cursor: Cursor, depth: number, ofComponent: boolean): Definition {
  switch (cursor.byte()) {
    case 0:
      skipCoreType(cursor, depth);
      return { op: "core type" };
    case 1: {
      const type = parseType(cursor, depth);
      if (type.kind === "resource") refuse("it defines a resource within a type");
      return { op: "type", type };
    }
    case 2:
      return parseAlias(cursor);
    case 3:
      return ofComponent ? parseImport(cursor) : damaged();
    case 4:
      return parseExportDeclaration(cursor);
    default:
      return damaged();
  }
}

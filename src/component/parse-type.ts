/** Parses the types of a component. @see Binary.md "Type Definitions" */
import { damaged, refuse } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type {
  Declaration,
  FuncTypeDefinition,
  PrimitiveKind,
  TypeDefinition,
  ValueKind,
  ValueTypeDefinition,
  ValueTypeRef,
} from "./definitions.ts";
import { refuseType } from "./future.ts";
import { NESTING_LIMIT } from "./limits.ts";
import { parseAlias, parseNamedType } from "./parse-names.ts";
import { skipCoreType } from "./skip-core-type.ts";

/** Primitive types by opcode, from 0x73 on. */
const PRIMITIVES = "string char f64 f32 u64 s64 u32 s32 u16 s16 u8 s8 bool".split(
  " ",
) as PrimitiveKind[];

/** @param depth number of components and instance types around this one */
export function parseType(cursor: Cursor, depth: number): TypeDefinition {
  const opcode = cursor.byte();
  switch (opcode) {
    case 0x72:
      return { kind: "record", ...parseLabelled(cursor, parseRef) };
    case 0x71:
      return { kind: "variant", ...parseLabelled(cursor, parsePayload) };
    case 0x70:
      return toValueType("list", [parseRef(cursor)]);
    case 0x67:
      return { ...toValueType("list", [parseRef(cursor)]), length: cursor.u32() || damaged() };
    case 0x6f:
      return toValueType("tuple", cursor.many(parseRef));
    case 0x6e:
      return { kind: "flags", labels: cursor.many(readName), of: [] };
    case 0x6d:
      return { kind: "enum", labels: cursor.many(readName), of: [] };
    case 0x6b:
      return toValueType("option", [null, parseRef(cursor)]);
    case 0x6a:
      return toValueType("result", [parseOptionalRef(cursor), parseOptionalRef(cursor)]);
    case 0x69:
      return { ...toValueType("own"), resource: cursor.u32() };
    case 0x68:
      return { ...toValueType("borrow"), resource: cursor.u32() };
    case 0x40:
      return parseFunc(cursor);
    case 0x41:
    case 0x42:
      if (depth === NESTING_LIMIT) refuse("its types are nested too deeply");
      return {
        kind: opcode === 0x41 ? "component" : "instance",
        declarations: cursor.many(() => parseDeclaration(cursor, depth + 1, opcode === 0x41)),
      };
    case 0x3f:
      if (cursor.byte() !== 0x7f) refuse("the representation of a resource is not i32");
      return { kind: "resource", destructor: cursor.optional(readIndex) };
    default:
      return toValueType(toPrimitive(opcode));
  }
}

function toValueType(
  kind: ValueKind,
  of: ReadonlyArray<ValueTypeRef | null> = [],
): ValueTypeDefinition {
  return { kind, labels: [], of };
}

function readName(cursor: Cursor): string {
  return cursor.name();
}

function readIndex(cursor: Cursor): number {
  return cursor.u32();
}

function toPrimitive(opcode: number): PrimitiveKind {
  return PRIMITIVES[opcode - 0x73] ?? refuseType(opcode);
}

/** A signed LEB128 number: non-negative for an index, a negative one-byte number for a primitive type. */
function parseRef(cursor: Cursor): ValueTypeRef {
  const byte = cursor.byte();
  if (byte >= 0x40 && byte < 0x80) return toPrimitive(byte);
  cursor.at--;
  return cursor.u32();
}

function parseOptionalRef(cursor: Cursor): ValueTypeRef | null {
  return cursor.optional(parseRef) ?? null;
}

/** Parses the payload of a variant's case, and the refinement of earlier drafts, which must be absent. */
function parsePayload(cursor: Cursor): ValueTypeRef | null {
  const payload = parseOptionalRef(cursor);
  return cursor.byte() === 0 ? payload : damaged();
}

function parseLabelled<T>(
  cursor: Cursor,
  parse: (cursor: Cursor) => T,
): { readonly labels: readonly string[]; readonly of: readonly T[] } {
  const labels: string[] = [];
  const of: T[] = [];
  for (let left = cursor.length(); left > 0; left--) {
    labels.push(cursor.name());
    of.push(parse(cursor));
  }
  return { labels, of };
}

function parseFunc(cursor: Cursor): FuncTypeDefinition {
  const { labels, of } = parseLabelled(cursor, parseRef);
  const isNamed = cursor.flag();
  // Earlier drafts had named results; their number must be 0.
  if (isNamed && cursor.byte() !== 0) damaged();
  return { kind: "func", labels, of, result: isNamed ? undefined : parseRef(cursor) };
}

function parseDeclaration(cursor: Cursor, depth: number, ofComponent: boolean): Declaration {
  switch (cursor.byte()) {
    case 0:
      skipCoreType(cursor, depth);
      return { op: "core type" };
    case 1:
      return { op: "type", type: parseType(cursor, depth) };
    case 2:
      return parseAlias(cursor) as Declaration;
    case 3:
      return ofComponent ? parseNamedType(cursor, "import") : damaged();
    case 4:
      return parseNamedType(cursor, "export declaration");
    default:
      return damaged();
  }
}

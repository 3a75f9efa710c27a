/** Parses names, sorts and indices of imports, exports and aliases. @see Binary.md "Instance Definitions" */
import { damaged } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type { Alias, CoreSort, Definition, ExternType, NamedItem, Sort } from "./definitions.ts";
import { refuseFuture } from "./future.ts";

const CORE_SORTS = ["core func", "core table", "core memory", "core global", "core tag"] as const;
/** Sorts by opcode, from 0x10 on. */
const CORE_PARTS = ["core type", "core module", "core instance"] as const;
const SORTS = ["core", "func", "value", "type", "component", "instance"] as const;

function parseCoreSort(cursor: Cursor): CoreSort {
  const byte = cursor.byte();
  return CORE_SORTS[byte] ?? CORE_PARTS[byte - 0x10] ?? damaged();
}

function parseSort(cursor: Cursor): Sort {
  const sort = SORTS[cursor.byte()] ?? damaged();
  if (sort === "value") refuseFuture(sort);
  return sort === "core" ? parseCoreSort(cursor) : sort;
}

/** Parses an `externname`, and skips its attributes, which are for other tools. */
function parseExternName(cursor: Cursor): string {
  const form = cursor.byte();
  const name = cursor.name();
  if (form > 2) damaged();
  if (form === 2) cursor.many(() => (cursor.byte() > 2 ? damaged() : cursor.name()));
  return name;
}

/** Parses an argument of a component's instantiation, which may have any name. */
export function parseArgument(cursor: Cursor): NamedItem {
  return { name: cursor.name(), sort: parseSort(cursor), index: cursor.u32() };
}

export function parseInlineExport(cursor: Cursor): NamedItem {
  return { name: parseExternName(cursor), sort: parseSort(cursor), index: cursor.u32() };
}

/** Parses an argument of a core module's instantiation, or an entity of a core instance. */
export function parseCoreItem(cursor: Cursor): NamedItem {
  return { name: cursor.name(), sort: parseCoreSort(cursor), index: cursor.u32() };
}

/** Parses an alias; `DefinitionChecker` validates its sort. */
export function parseAlias(cursor: Cursor): Alias {
  const sort = parseSort(cursor);
  const op = (["alias", "core alias", "outer alias"] as const)[cursor.byte()] ?? damaged();
  return op === "outer alias"
    ? { op, sort, count: cursor.u32(), index: cursor.u32() }
    : { op, sort, instance: cursor.u32(), name: cursor.name() };
}

export function parseNamedType<Op extends "import" | "export declaration">(
  cursor: Cursor,
  op: Op,
): { readonly op: Op; readonly name: string; readonly type: ExternType } {
  return { op, name: parseExternName(cursor), type: parseExternType(cursor) };
}

export function parseExport(cursor: Cursor): Definition {
  return {
    op: "export",
    name: parseExternName(cursor),
    sort: parseSort(cursor),
    index: cursor.u32(),
    type: cursor.optional(parseExternType),
  };
}

function parseExternType(cursor: Cursor): ExternType {
  const sort = parseSort(cursor);
  if (sort === "type") return { sort, eq: parseTypeBound(cursor) };
  if (sort !== "core module" && sort !== "func" && sort !== "component" && sort !== "instance") {
    damaged();
  }
  return { sort, type: cursor.u32() };
}

function parseTypeBound(cursor: Cursor): number | undefined {
  return cursor.flag() ? undefined : cursor.u32();
}

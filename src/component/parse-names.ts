/** Names, sorts and indices as they stand in imports, exports and aliases. @see Binary.md "Instance Definitions" */
import { damaged, refuse } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type { CoreSort, Definition, ExternType, NamedItem, Sort } from "./definitions.ts";

const CORE_SORTS: ReadonlyMap<number, CoreSort> = new Map<number, CoreSort>([
  [0x00, "core func"],
  [0x01, "core table"],
  [0x02, "core memory"],
  [0x03, "core global"],
  [0x04, "core tag"],
  [0x10, "core type"],
  [0x11, "core module"],
  [0x12, "core instance"],
]);
const SORTS: ReadonlyMap<number, Sort> = new Map<number, Sort>([
  [0x01, "func"],
  [0x02, "value"],
  [0x03, "type"],
  [0x04, "component"],
  [0x05, "instance"],
]);

function parseCoreSort(cursor: Cursor): CoreSort {
  return CORE_SORTS.get(cursor.byte()) ?? damaged();
}

function parseSort(cursor: Cursor): Sort {
  const byte = cursor.byte();
  if (byte === 0) return parseCoreSort(cursor);
  const sort = SORTS.get(byte) ?? damaged();
  return sort === "value" ? refuse("it uses values of the component model's future") : sort;
}

/** An `externname`, with attributes, which are for other tools. */
function parseExternName(cursor: Cursor): string {
  const form = cursor.byte();
  const name = cursor.name();
  if (form > 2) damaged();
  if (form === 2) cursor.many(() => (cursor.byte() > 2 ? damaged() : cursor.name()));
  return name;
}

/** What a component is instantiated with, by any name. */
export function parseArgument(cursor: Cursor): NamedItem {
  return { name: cursor.name(), sort: parseSort(cursor), index: cursor.u32() };
}

export function parseInlineExport(cursor: Cursor): NamedItem {
  return { name: parseExternName(cursor), sort: parseSort(cursor), index: cursor.u32() };
}

export function parseCoreInlineExport(cursor: Cursor): NamedItem {
  return { name: cursor.name(), sort: parseCoreSort(cursor), index: cursor.u32() };
}

type AliasOp = "alias" | "core alias" | "outer alias";
type Alias = Extract<Definition, { op: AliasOp }>;

/** What each may name. */
const ALIASES: Readonly<Record<AliasOp, ReadonlySet<Sort>>> = {
  alias: new Set<Sort>(["core module", "func", "type", "component", "instance"]),
  "core alias": new Set<Sort>([
    "core func",
    "core table",
    "core memory",
    "core global",
    "core tag",
  ]),
  "outer alias": new Set<Sort>(["core module", "core type", "type", "component"]),
};

export function parseAlias(cursor: Cursor): Alias {
  const sort = parseSort(cursor);
  const op = (["alias", "core alias", "outer alias"] as const)[cursor.byte()] ?? damaged();
  if (!ALIASES[op].has(sort)) damaged();
  return op === "outer alias"
    ? { op, sort, count: cursor.u32(), index: cursor.u32() }
    : { op, sort, instance: cursor.u32(), name: cursor.name() };
}

export function parseImport(cursor: Cursor): Extract<Definition, { op: "import" }> {
  return { op: "import", ...parseNamedType(cursor) };
}

export function parseExportDeclaration(
  cursor: Cursor,
): Extract<Definition, { op: "export declaration" }> {
  return { op: "export declaration", ...parseNamedType(cursor) };
}

function parseNamedType(cursor: Cursor): { readonly name: string; readonly type: ExternType } {
  return { name: parseExternName(cursor), type: parseExternType(cursor) };
}

export function parseExport(cursor: Cursor): Definition {
  const item = parseInlineExport(cursor);
  return { op: "export", ...item, type: cursor.optional(() => parseExternType(cursor)) };
}

function parseExternType(cursor: Cursor): ExternType {
  const byte = cursor.byte();
  switch (byte) {
    case 0x00:
      if (cursor.byte() !== 0x11) damaged();
      return { sort: "core module", type: cursor.u32() };
    case 0x03:
      return { sort: "type", eq: parseTypeBound(cursor) };
    case 0x01:
      return { sort: "func", type: cursor.u32() };
    case 0x02:
      return refuse("it uses values of the component model's future");
    case 0x04:
      return { sort: "component", type: cursor.u32() };
    case 0x05:
      return { sort: "instance", type: cursor.u32() };
    default:
      return damaged();
  }
}

function parseTypeBound(cursor: Cursor): number | undefined {
  const byte = cursor.byte();
  if (byte > 1) damaged();
  return byte === 0 ? cursor.u32() : undefined;
}

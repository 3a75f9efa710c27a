/**
 * Parses a component's binary into its definitions, in order.
 *
 * Copies no code: core modules are views of the given bytes. Indices are not resolved here, but by `carryOut`.
 *
 * @see Binary.md "Component Definitions"
 */
import { Cursor, damaged, refuse } from "./cursor.ts";
import type { Component, CoreModule, Definition } from "./definitions.ts";
import { refuseFuture } from "./future.ts";
import { MODULES_LIMIT, NESTING_LIMIT } from "./limits.ts";
import { parseCanon } from "./parse-canon.ts";
import {
  parseAlias,
  parseArgument,
  parseCoreItem,
  parseExport,
  parseInlineExport,
  parseNamedType,
} from "./parse-names.ts";
import { parseType } from "./parse-type.ts";
import { skipCoreType } from "./skip-core-type.ts";

/** `\0asm` */
const MAGIC = 0x6d736100;
const CORE_VERSION = 1;
/** The version of the format, in the layer of components. */
const COMPONENT_VERSION = 0x0001_000d;
const HOW_TO_BUILD = 'build one with "jco componentize" or for the target wasm32-wasip2';

/**
 * @throws {Exception} `failed` when the bytes are no component of WASI 0.2, or one that is too large; the message says
 * which.
 */
export function parseComponent(bytes: Uint8Array): Component {
  return { definitions: parseSections(new Cursor(bytes), { modules: [], depth: 0 }) };
}

/** All core modules in the order of their indices. */
export function listModules(component: Component): CoreModule[] {
  const modules: CoreModule[] = [];
  addModules(component, modules);
  return modules;
}

function addModules({ definitions }: Component, modules: CoreModule[]): void {
  for (const definition of definitions) {
    if (definition.op === "core module") modules.push(definition.module);
    else if (definition.op === "component") addModules(definition.component, modules);
  }
}

interface Surroundings {
  /** Core modules found so far in the whole component. */
  readonly modules: CoreModule[];
  readonly depth: number;
}

function parsePreamble(cursor: Cursor): void {
  if (readWord(cursor) !== MAGIC) damaged(`it does not begin as WebAssembly does; ${HOW_TO_BUILD}`);
  const version = readWord(cursor);
  if (version === CORE_VERSION) damaged('it is a core module; wrap it with "ww build"');
  if (version !== COMPONENT_VERSION) damaged(`it is of an unknown version; ${HOW_TO_BUILD}`);
}

/** Four bytes, little-endian. */
function readWord(cursor: Cursor): number {
  let word = 0;
  for (let shift = 0; shift < 32; shift += 8) word |= cursor.byte() << shift;
  return word;
}

function parseSections(cursor: Cursor, around: Surroundings): Definition[] {
  const to = cursor.end;
  const definitions: Definition[] = [];
  parsePreamble(cursor);
  while (cursor.at < to) {
    cursor.count(1);
    const id = cursor.byte();
    const size = cursor.u32();
    const next = cursor.at + size;
    if (next > to) damaged();
    cursor.end = next;
    parseSection(cursor, id, definitions, around);
    // A section with bytes left over means something else than was parsed. Custom sections are not parsed.
    if (cursor.at !== next) damaged();
    cursor.end = to;
  }
  return definitions;
}

function parseSection(
  cursor: Cursor,
  id: number,
  definitions: Definition[],
  { modules, depth }: Surroundings,
): void {
  const parse = PARSERS[id];
  if (parse !== undefined) {
    for (let left = cursor.length(); left > 0; left--) definitions.push(parse(cursor, depth));
    return;
  }
  switch (id) {
    case 0:
      cursor.name();
      cursor.rest();
      return;
    case 1: {
      const module = { index: modules.length, bytes: cursor.rest() };
      if (modules.push(module) > MODULES_LIMIT)
        refuse(`it has more than ${MODULES_LIMIT} core modules`);
      definitions.push({ op: "core module", module });
      return;
    }
    case 4: {
      if (depth === NESTING_LIMIT) refuse("its components are nested too deeply");
      const inner = parseSections(cursor, { modules, depth: depth + 1 });
      definitions.push({ op: "component", component: { definitions: inner } });
      return;
    }
    case 9:
      return refuseFuture("start");
    case 12:
      return refuseFuture("value");
    default:
      damaged();
  }
}

/** Parsers by id, for sections that are vectors of definitions. */
const PARSERS: { readonly [id: number]: (cursor: Cursor, depth: number) => Definition } = {
  2: (cursor) =>
    cursor.flag()
      ? { op: "core exports", items: cursor.many(parseCoreItem) }
      : { op: "core instantiate", of: cursor.u32(), args: cursor.many(parseCoreItem) },
  3: (cursor, depth) => (skipCoreType(cursor, depth), { op: "core type" }),
  5: (cursor) =>
    cursor.flag()
      ? { op: "exports", items: cursor.many(parseInlineExport) }
      : { op: "instantiate", of: cursor.u32(), args: cursor.many(parseArgument) },
  6: parseAlias,
  7: (cursor, depth) => ({ op: "type", type: parseType(cursor, depth) }),
  8: parseCanon,
  10: (cursor) => parseNamedType(cursor, "import"),
  11: parseExport,
};

/**
 * A component's binary → its definitions, in order.
 *
 * Copies no code: core modules are views of the bytes given. Whether indices lead somewhere is found when definitions are
 * carried out, by `carryOut`.
 *
 * @see Binary.md "Component Definitions"
 */
import { Cursor, damaged, refuse } from "./cursor.ts";
import type { Component, CoreModule, Definition, NamedItem } from "./definitions.ts";
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

const PREAMBLE_BYTES = 8;
const HOW_TO_BUILD = 'build one with "jco componentize" or for the target wasm32-wasip2';

/** @throws {Exception} `failed` when the bytes are no component of WASI 0.2, or one too large; the message says which. */
export function parseComponent(bytes: Uint8Array): Component {
  requirePreamble(bytes);
  return { definitions: parseSections(new Cursor(bytes), { modules: [], depth: 0 }) };
}

/** All core modules in the order of their indices. */
export function listModules({ definitions }: Component): CoreModule[] {
  return definitions.flatMap((definition) => {
    if (definition.op === "core module") return [definition.module];
    return definition.op === "component" ? listModules(definition.component) : [];
  });
}

interface Surroundings {
  /** Those found so far in the whole component. */
  readonly modules: CoreModule[];
  readonly depth: number;
}

function requirePreamble(bytes: Uint8Array): void {
  const [head, version] = [bytes.slice(0, 4).join(), bytes.slice(4, PREAMBLE_BYTES).join()];
  if (head === "") damaged(`it is empty; ${HOW_TO_BUILD}`);
  if (head !== "0,97,115,109") damaged(`it does not begin as WebAssembly does; ${HOW_TO_BUILD}`);
  if (version === "1,0,0,0") damaged('it is a core module; wrap it with "ww build"');
  if (bytes.length < PREAMBLE_BYTES) damaged();
  if (version !== "13,0,1,0") damaged(`it is of an unknown version; ${HOW_TO_BUILD}`);
}

function parseSections(cursor: Cursor, around: Surroundings): Definition[] {
  const to = cursor.end;
  const definitions: Definition[] = [];
  cursor.skip(PREAMBLE_BYTES);
  while (cursor.at < to) {
    cursor.count(1);
    const id = cursor.byte();
    const size = cursor.u32();
    const next = cursor.at + size;
    if (next > to) damaged();
    cursor.end = next;
    parseSection(cursor, id, definitions, around);
    // A section that was not read to its end says something else than was understood; custom ones are not read.
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
  const add = (parse: (cursor: Cursor) => Definition): void => {
    cursor.many(() => definitions.push(parse(cursor)));
  };
  switch (id) {
    case 0:
      cursor.name();
      cursor.rest();
      return;
    case 1: {
      const module = { index: modules.length, bytes: cursor.rest() };
      if (modules.push(module) > MODULES_LIMIT) refuse(`it has over ${MODULES_LIMIT} core modules`);
      definitions.push({ op: "core module", module });
      return;
    }
    case 2:
      return add(() =>
        parseInstance(cursor, ["core instantiate", "core exports"], parseCoreItem, parseCoreItem),
      );
    case 3:
      return add(() => (skipCoreType(cursor, depth), { op: "core type" }));
    case 4: {
      if (depth === NESTING_LIMIT) refuse("its components are nested too deep");
      requirePreamble(cursor.bytes.subarray(cursor.at, cursor.end));
      const inner = parseSections(cursor, { modules, depth: depth + 1 });
      definitions.push({ op: "component", component: { definitions: inner } });
      return;
    }
    case 5:
      return add(() =>
        parseInstance(cursor, ["instantiate", "exports"], parseArgument, parseInlineExport),
      );
    case 6:
      return add(parseAlias);
    case 7:
      return add(() => ({ op: "type", type: parseType(cursor, depth) }));
    case 8:
      return add(parseCanon);
    case 9:
      return refuseFuture("start");
    case 10:
      return add(() => ({ op: "import", ...parseNamedType(cursor) }));
    case 11:
      return add(parseExport);
    case 12:
      return refuseFuture("value");
    default:
      damaged();
  }
}

function parseInstance(
  cursor: Cursor,
  [instantiate, exports]: readonly ["core instantiate" | "instantiate", "core exports" | "exports"],
  parseArgument: (cursor: Cursor) => NamedItem,
  parseItem: (cursor: Cursor) => NamedItem,
): Definition {
  const form = cursor.byte();
  if (form > 1) damaged();
  return form === 0
    ? { op: instantiate, of: cursor.u32(), args: cursor.many(() => parseArgument(cursor)) }
    : { op: exports, items: cursor.many(() => parseItem(cursor)) };
}

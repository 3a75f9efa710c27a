/** Measures core modules, and rewrites them so that their memories and tables have a maximum. */
import { concatBytes, Exception } from "#base";
import {
  checkGlobals,
  checkTags,
  checkTypes,
  countLocals,
  isReference,
  readNumber,
  refuseThreads,
} from "./check-module.ts";
import { concatInTurns } from "./work.ts";
import type { Pace, Work } from "./work.ts";

/** The initial size of one instance of a module. */
export interface ModuleSize {
  readonly memories: number;
  /** Initial pages of all its memories. */
  readonly minimumPages: number;
  readonly tables: number;
  /** Initial entries of all its tables. */
  readonly minimumEntries: number;
  /** Functions, globals, exports, segments, and other parts that each instance allocates. */
  readonly parts: number;
  /** Local variables of all its functions. */
  readonly locals: number;
}

/** How far each memory and each table may grow. */
export interface ModuleLimits {
  readonly extraPages: number;
  readonly extraEntries: number;
}

const HEADER_BYTES = 8;
const CUSTOM_SECTION = 0;
const TYPE_SECTION = 1;
const TABLE_SECTION = 4;
const MEMORY_SECTION = 5;
/** Bits of the flags of a memory or table. */
const HAS_MAXIMUM = 1;
const SHARED = 2;
const IS_64_BIT = 4;
const GLOBAL_SECTION = 6;
const ELEMENT_SECTION = 9;
const CODE_SECTION = 10;
const TAG_SECTION = 13;
/** An instance keeps some 16 bytes for an element, and 100 or more for an exported function. */
const ELEMENTS_PER_PART = 8;
/** Sections that begin with a count of parts: imports, functions, globals, exports, data and tags. */
const PART_SECTIONS: ReadonlySet<number> = new Set([2, 3, 6, 7, 11, 13]);
/** Cost of a section in `Pace`, whatever its content. */
const SECTION_BYTES = 64;
/** Most sections of one module; real modules have some twenty, including those for debuggers. */
const SECTIONS_LIMIT = 1000;
/** Most memories, or tables, of one module: each becomes an object here, and takes as little as two bytes of a section. */
const LISTED_LIMIT = 1000;
/** Engines refuse a larger maximum for a 32-bit memory; they judge the minimum themselves. */
const PAGES_LIMIT = 65_536;
/** Most types of one module, as in engines. */
const TYPES_LIMIT = 1_000_000;

/**
 * Measures the initial size of an instance.
 *
 * @throws {Exception} `failed` when its memory cannot be bounded: it shares memory with threads, allocates
 *   garbage-collected objects, or has tables of types that cells do not have.
 */
export function* measureModule(module: Uint8Array, pace: Pace): Work<ModuleSize> {
  let [memories, minimumPages, tables, minimumEntries, parts, locals] = [0, 0, 0, 0, 0, 0];
  let types = new Uint8Array(1);
  for (const { id, body, end } of walkSections(module)) {
    const section = module.subarray(body, end);
    if (id === TYPE_SECTION) {
      readCount(section, "types of functions", TYPES_LIMIT);
      yield* checkTypes(section, pace);
      types = section as Uint8Array<ArrayBuffer>;
    }
    if (id === GLOBAL_SECTION) yield* checkGlobals(section, pace);
    if (id === TAG_SECTION) yield* checkTags(section, types, pace);
    if (id === CODE_SECTION) locals = yield* countLocals(section, pace);
    if (pace.spend(SECTION_BYTES)) yield;
    // Each element takes at least one byte of the section, and the instance may keep it.
    if (id === ELEMENT_SECTION) parts += Math.ceil(section.length / ELEMENTS_PER_PART);
    if (PART_SECTIONS.has(id)) parts += readNumber(section, 0).value;
    if (id === TABLE_SECTION) {
      for (const { minimum } of readTables(section)) {
        tables++;
        minimumEntries += minimum;
      }
    }
    if (id === MEMORY_SECTION) {
      for (const { minimum } of readMemories(section)) {
        memories++;
        minimumPages += minimum;
      }
    }
  }
  return { memories, minimumPages, tables, minimumEntries, parts, locals };
}

/**
 * Returns the module with a maximum for each memory and table that it defines. Growing one further fails, as when the
 * engine has no memory left.
 */
export function* limitModule(module: Uint8Array, limits: ModuleLimits): Work<Uint8Array> {
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const { id, start, body, end } of walkSections(module)) {
    if (id !== MEMORY_SECTION && id !== TABLE_SECTION) continue;
    const section = module.subarray(body, end);
    const limited =
      id === MEMORY_SECTION
        ? limitMemories(section, limits.extraPages)
        : limitTables(section, limits.extraEntries);
    parts.push(
      module.subarray(kept, start),
      Uint8Array.of(id),
      encodeNumber(limited.length),
      limited,
    );
    kept = end;
  }
  return kept === 0 ? module : yield* concatInTurns([...parts, module.subarray(kept)]);
}

interface Section {
  readonly id: number;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

function* walkSections(module: Uint8Array): Generator<Section> {
  const seen = new Set<number>();
  let sections = 0;
  for (let start = HEADER_BYTES; start < module.length;) {
    const id = module[start] ?? 0;
    const size = readNumber(module, start + 1);
    const end = size.end + size.value;
    // Some counts consider only one section of each kind, and a repeated one would escape them.
    const isTwice = id !== CUSTOM_SECTION && seen.has(id);
    if (end > module.length || isTwice) {
      throw new Exception(
        "failed",
        "Component cannot run here: a core module is damaged or cut off",
      );
    }
    if (++sections > SECTIONS_LIMIT) refuse(`has more than ${SECTIONS_LIMIT} sections`);
    seen.add(id);
    yield { id, start, body: size.end, end };
    start = end;
  }
}

function refuse(why: string): never {
  throw new Exception("failed", `Component cannot run here: a core module ${why}`);
}

/** The count that a section begins with. @throws {Exception} `failed` when it is above the limit */
function readCount(
  section: Uint8Array,
  what: string,
  limit: number,
): ReturnType<typeof readNumber> {
  const count = readNumber(section, 0);
  if (count.value > limit) refuse(`has more than ${limit} ${what}`);
  return count;
}

/** Reads a memory section: a count, then flags, minimum and optional maximum of each memory. */
function* readMemories(section: Uint8Array): Generator<Limits> {
  const count = readCount(section, "memories", LISTED_LIMIT);
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    const limits = readLimits(section, at);
    at = limits.end;
    yield limits;
  }
}

function limitMemories(section: Uint8Array, extraPages: number): Uint8Array {
  const all = [...readMemories(section)];
  const limited = all.map((limits) => {
    const pages = Math.min(limits.minimum + extraPages, PAGES_LIMIT);
    return encodeLimits(limits, Math.max(limits.minimum, pages));
  });
  return concatBytes([encodeNumber(all.length), ...limited]);
}

/** Reads a table section: a count, then reference type, flags, minimum and optional maximum of each table. */
function* readTables(section: Uint8Array): Generator<Limits & { readonly type: number }> {
  const count = readCount(section, "tables", LISTED_LIMIT);
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    const type = section[at] ?? 0;
    if (!isReference(type)) {
      const why = "it has a table of a type that cells do not have";
      throw new Exception("failed", `Component cannot run here: ${why}; build it without`);
    }
    const limits = readLimits(section, at + 1);
    at = limits.end;
    yield { type, ...limits };
  }
}

function limitTables(section: Uint8Array, extraEntries: number): Uint8Array {
  const all = [...readTables(section)];
  const limited = all.flatMap((table) => [
    Uint8Array.of(table.type),
    encodeLimits(table, table.minimum + extraEntries),
  ]);
  return concatBytes([encodeNumber(all.length), ...limited]);
}

interface Limits {
  readonly flags: number;
  readonly minimum: number;
  /** `Infinity` without a maximum. */
  readonly maximum: number;
  readonly end: number;
}

function readLimits(section: Uint8Array, at: number): Limits {
  const flags = readNumber(section, at);
  if ((flags.value & SHARED) !== 0) refuseThreads();
  // After unknown flags, unknown fields may follow, and a size that cannot be read cannot be bounded.
  if (flags.value > (HAS_MAXIMUM | SHARED | IS_64_BIT)) {
    refuse("has a memory or table of a kind that cells do not have");
  }
  const minimum = readNumber(section, flags.end);
  const start = { flags: flags.value, minimum: minimum.value };
  if ((flags.value & HAS_MAXIMUM) === 0) return { ...start, maximum: Infinity, end: minimum.end };
  const maximum = readNumber(section, minimum.end);
  return { ...start, maximum: maximum.value, end: maximum.end };
}

function encodeLimits({ flags, minimum, maximum }: Limits, limit: number): Uint8Array {
  const numbers = [flags | HAS_MAXIMUM, minimum, Math.min(maximum, limit)];
  return concatBytes(numbers.map(encodeNumber));
}

function encodeNumber(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** A bound on how far a core module's memories and tables can grow, written into the module itself; what cannot be bounded is refused. */
import { concatBytes, Exception } from "#base";
import { checkMemoryFlags, checkTypes, isReference, readNumber } from "./check-module.ts";

const PAGE_BYTES = 64 * 1024;

const HEADER_BYTES = 8;
const TYPE_SECTION = 1;
const TABLE_SECTION = 4;
const MEMORY_SECTION = 5;
/** Entries of all tables of a module; the largest programs have some ten thousand functions. */
const ENTRY_LIMIT = 1024 * 1024;
/** Bits of the flags of a memory or table. */
const HAS_MAXIMUM = 1;

/**
 * The module with its own memories bounded, and the bound shared when there are several; `memory.grow` beyond that fails, as
 * it does where there is no more. So with its tables, which all have one bound.
 *
 * @throws {Exception} `failed` when a memory begins larger than that, is shared with threads, or the module makes objects.
 * @throws {RangeError} when the bytes are no module.
 */
export function limitMemory(module: Uint8Array, limitBytes: number): Uint8Array {
  const limitPages = Math.floor(limitBytes / PAGE_BYTES);
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const { id, start, body, end } of walkSections(module)) {
    const section = module.subarray(body, end);
    if (id === TYPE_SECTION) checkTypes(section);
    if (id !== MEMORY_SECTION && id !== TABLE_SECTION) continue;
    const limited =
      id === MEMORY_SECTION ? limitMemories(section, limitPages) : limitTables(section);
    const head = [Uint8Array.of(id), encodeNumber(limited.length)];
    parts.push(module.subarray(kept, start), ...head, limited);
    kept = end;
  }
  return kept === 0 ? module : concatBytes([...parts, module.subarray(kept)]);
}

/** How many memories a module has of its own. */
export function countMemories(module: Uint8Array): number {
  for (const { id, body } of walkSections(module)) {
    if (id === MEMORY_SECTION) return readNumber(module, body).value;
  }
  return 0;
}

interface Section {
  readonly id: number;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

function* walkSections(module: Uint8Array): Generator<Section> {
  for (let start = HEADER_BYTES; start < module.length;) {
    const size = readNumber(module, start + 1);
    const end = size.end + size.value;
    if (end > module.length) throw new RangeError("Module ends within a section");
    yield { id: module[start] ?? 0, start, body: size.end, end };
    start = end;
  }
}

/** A count, then flags, minimum and maybe maximum of each memory. */
function limitMemories(section: Uint8Array, allPages: number): Uint8Array {
  const count = readNumber(section, 0);
  const limitPages = Math.floor(allPages / Math.max(1, count.value));
  const parts = [encodeNumber(count.value)];
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    const limits = readLimits(section, at);
    at = limits.end;
    checkMemoryFlags(limits.flags);
    if (limits.minimum > limitPages) {
      const [needed, had] = [formatPages(limits.minimum), formatPages(limitPages)];
      const why = `it begins with ${needed} of memory, and cells have at most ${had}`;
      throw new Exception("failed", `Component cannot run here: ${why}; build it with less`);
    }
    parts.push(encodeLimits(limits, limitPages));
  }
  return concatBytes(parts);
}

/** A count, then what each table refers to, and its flags, minimum and maybe maximum. */
function limitTables(section: Uint8Array): Uint8Array {
  const count = readNumber(section, 0);
  const limitEntries = Math.floor(ENTRY_LIMIT / Math.max(1, count.value));
  const parts = [encodeNumber(count.value)];
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    const type = section[at] ?? 0;
    if (!isReference(type)) {
      const why = "it has a table of a type that cells do not have";
      throw new Exception("failed", `Component cannot run here: ${why}; build it without`);
    }
    const limits = readLimits(section, at + 1);
    at = limits.end;
    if (limits.minimum > limitEntries) {
      const why = `it begins with a table of ${limits.minimum} entries, and cells have at most ${limitEntries}`;
      throw new Exception("failed", `Component cannot run here: ${why}; build it with less`);
    }
    parts.push(Uint8Array.of(type), encodeLimits(limits, limitEntries));
  }
  return concatBytes(parts);
}

interface Limits {
  readonly flags: number;
  readonly minimum: number;
  /** Infinity when there is none. */
  readonly maximum: number;
  readonly end: number;
}

function readLimits(section: Uint8Array, at: number): Limits {
  const flags = readNumber(section, at);
  const minimum = readNumber(section, flags.end);
  const given = { flags: flags.value, minimum: minimum.value };
  if ((flags.value & HAS_MAXIMUM) === 0) return { ...given, maximum: Infinity, end: minimum.end };
  const maximum = readNumber(section, minimum.end);
  return { ...given, maximum: maximum.value, end: maximum.end };
}

function encodeLimits({ flags, minimum, maximum }: Limits, limit: number): Uint8Array {
  const numbers = [flags | HAS_MAXIMUM, minimum, Math.min(maximum, limit)];
  return concatBytes(numbers.map(encodeNumber));
}

function formatPages(pages: number): string {
  const kibibytes = (pages * PAGE_BYTES) / 1024;
  return kibibytes < 10 * 1024 ? `${kibibytes} KiB` : `${Math.floor(kibibytes / 1024)} MiB`;
}

function encodeNumber(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

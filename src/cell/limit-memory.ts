/** A bound on how far a core module's memories can grow, written into the module itself; what cannot be bounded is refused. */
import { concatBytes, Exception } from "#base";
import { checkMemoryFlags, checkTypes, readNumber } from "./check-module.ts";

const PAGE_BYTES = 64 * 1024;

const HEADER_BYTES = 8;
const TYPE_SECTION = 1;
const MEMORY_SECTION = 5;
/** Bits of a memory's flags. */
const HAS_MAXIMUM = 1;

/**
 * The module with its own memories bounded, and the bound shared when there are several; `memory.grow` beyond that fails, as
 * it does where there is no more.
 *
 * @throws {Exception} `failed` when a memory begins larger than that, is shared with threads, or the module makes objects.
 * @throws {RangeError} when the bytes are no module.
 */
export function limitMemory(module: Uint8Array, limitBytes: number): Uint8Array {
  const limitPages = Math.floor(limitBytes / PAGE_BYTES);
  for (const { id, start, body, end } of walkSections(module)) {
    if (id === TYPE_SECTION) checkTypes(module.subarray(body, end));
    if (id !== MEMORY_SECTION) continue;
    const limited = limitSection(module.subarray(body, end), limitPages);
    const section = [Uint8Array.of(MEMORY_SECTION), encodeNumber(limited.length), limited];
    return concatBytes([module.subarray(0, start), ...section, module.subarray(end)]);
  }
  return module;
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
function limitSection(section: Uint8Array, allPages: number): Uint8Array {
  const count = readNumber(section, 0);
  const limitPages = Math.floor(allPages / Math.max(1, count.value));
  const parts = [encodeNumber(count.value)];
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    const flags = readNumber(section, at);
    checkMemoryFlags(flags.value);
    const minimum = readNumber(section, flags.end);
    at = minimum.end;
    let maximumPages = limitPages;
    if ((flags.value & HAS_MAXIMUM) !== 0) {
      const maximum = readNumber(section, at);
      at = maximum.end;
      maximumPages = Math.min(maximum.value, limitPages);
    }
    if (minimum.value > limitPages) {
      const [needed, had] = [formatPages(minimum.value), formatPages(limitPages)];
      const why = `it begins with ${needed} of memory, and cells have at most ${had}`;
      throw new Exception("failed", `Component cannot run here: ${why}; build it with less`);
    }
    const numbers = [flags.value | HAS_MAXIMUM, minimum.value, maximumPages];
    parts.push(...numbers.map(encodeNumber));
  }
  return concatBytes(parts);
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

/**
 * What of a core module no cell can be given: memory that nobody counts.
 *
 * Objects of the garbage collector are in the heap that the browser gives to all of the page's threads; a loop that makes
 * them ends the tab, not the cell. Memory that threads share is of no use to one thread but to tell the time by.
 */
import { Exception } from "#base";

const FUNCTION = 0x60;
/** References to functions and to what the host gives. */
const REFERENCES = [0x70, 0x6f];
/** Those, numbers and vectors. */
const IS_PLAIN = new Uint8Array(256);
for (const type of [0x7f, 0x7e, 0x7d, 0x7c, 0x7b, ...REFERENCES]) IS_PLAIN[type] = 1;

/**
 * Checks the body of a type section: a count, then what each type is.
 *
 * With functions of plain types alone, a module can make no object, nor throw one that holds another.
 *
 * @throws {Exception} `failed` when there is any other type.
 */
export function checkTypes(section: Uint8Array): void {
  const count = readNumber(section, 0);
  let { end: at } = count;
  for (let left = count.value; left > 0; left--) {
    if (section[at++] !== FUNCTION) refuse("it makes objects that are garbage collected");
    at = checkPlain(section, at, "parameters");
    at = checkPlain(section, at, "results");
  }
}

/** Checks a list of types, and tells where it ends. */
function checkPlain(section: Uint8Array, start: number, list: "parameters" | "results"): number {
  const first = section[start] ?? 0;
  // Nearly all lists are short, and there can be millions: no object is made for each.
  const types = first < 0x80 ? undefined : readNumber(section, start);
  const begin = types?.end ?? start + 1;
  const end = begin + (types?.value ?? first);
  if (end > section.length) damaged();
  for (let at = begin; at < end; at++) {
    if (IS_PLAIN[section[at] ?? 0] === 0) {
      refuse(`a function has ${list} of a type that cells do not have`);
    }
  }
  return end;
}

/** Whether a table may hold what has this type. */
export function isReference(type: number): boolean {
  return REFERENCES.includes(type);
}

/** For a memory or table that threads would share. */
export function refuseThreads(): never {
  return refuse("it shares memory with threads");
}

function refuse(why: string): never {
  const advice = "build it for one thread, with memory of its own";
  throw new Exception("failed", `Component cannot run here: ${why}; ${advice}`);
}

function damaged(): never {
  throw new Exception("failed", "Component cannot run here: a core module is damaged or cut off");
}

/** LEB128, of up to 64 bits; such numbers are far beyond any limit, so their last digits do not matter. */
export function readNumber(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; at < start + 10; at++) {
    const byte = bytes[at];
    if (byte === undefined) return damaged();
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return damaged();
}

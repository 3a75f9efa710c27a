/**
 * Refuses core modules whose memory cannot be accounted for.
 *
 * Objects of the garbage collector are in the heap that the browser gives to all of the page's threads; a loop that makes
 * them ends the tab, not the cell. Memory that threads share is of no use to one thread but to tell the time by.
 */
import { Exception } from "#base";
import type { Pace, Work } from "./work.ts";

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
export function* checkTypes(section: Uint8Array, pace: Pace): Work<void> {
  const count = readNumber(section, 0);
  let { end: at } = count;
  for (let left = count.value; left > 0; left--) {
    const start = at;
    if (section[at++] !== FUNCTION) refuse("it makes objects that are garbage collected");
    at = checkPlain(section, at, "parameters");
    at = checkPlain(section, at, "results");
    if (pace.spend(at - start)) yield;
  }
}

/** Checks a list of types, and returns its end. */
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

/** What is spent on a tag, of few bytes. */
const TAG_BYTES = 8;
/** How much an exception may carry: what languages throw is a pointer or two. */
const PAYLOAD_LIMIT = 8;

/**
 * Checks the body of a tag section, given that of the type section: a count, then an attribute and a type for each.
 *
 * A function can hold as many exceptions as its stack has room for references, and what they carry is not counted.
 */
export function* checkTags(section: Uint8Array, types: Uint8Array, pace: Pace): Work<void> {
  const params = yield* countParams(types, pace);
  const count = readNumber(section, 0);
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    const type = readNumber(section, at + 1);
    at = type.end;
    if (pace.spend(TAG_BYTES)) yield;
    if ((params[type.value] ?? 0) > PAYLOAD_LIMIT) {
      refuse(`it throws what has more than ${PAYLOAD_LIMIT} parts`);
    }
  }
}

/** How many parameters each type has, of those that were checked; 255 for more. */
function* countParams(section: Uint8Array, pace: Pace): Work<Uint8Array> {
  const count = readNumber(section, 0);
  const params = new Uint8Array(count.value);
  let at = count.end;
  for (let index = 0; index < count.value; index++) {
    const own = readNumber(section, at + 1);
    const results = readNumber(section, own.end + own.value);
    params[index] = Math.min(own.value, 255);
    at = results.end + results.value;
    if (pace.spend(at - own.end)) yield;
  }
  return params;
}

/**
 * Checks the body of a global section: a count, then a type, whether it changes, and how it begins, for each.
 *
 * A global that holds an exception would keep uncounted memory.
 */
export function* checkGlobals(section: Uint8Array, pace: Pace): Work<void> {
  const count = readNumber(section, 0);
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    if (IS_PLAIN[section[at] ?? 0] === 0)
      refuse("it has a global of a type that cells do not have");
    at += 2;
    while (section[at] !== END) {
      at = skipInstruction(section, at);
      if (pace.spend(INSTRUCTION_BYTES)) yield;
    }
    at++;
  }
}

const END = 0x0b;
/** Instructions by how many numbers follow, of those that an initial value may have. */
const NUMBERS_BEHIND: ReadonlyMap<number, number> = new Map([
  [0x23, 1], // global.get
  [0x41, 1], // i32.const
  [0x42, 1], // i64.const
  [0x6a, 0], // i32.add, sub, mul
  [0x6b, 0],
  [0x6c, 0],
  [0x7c, 0], // i64.add, sub, mul
  [0x7d, 0],
  [0x7e, 0],
  [0xd0, 1], // ref.null
  [0xd2, 1], // ref.func
]);
/** The same by how many bytes. */
const BYTES_BEHIND: ReadonlyMap<number, number> = new Map([
  [0x43, 4], // f32.const
  [0x44, 8], // f64.const
]);
const VECTOR = 0xfd;
const V128_CONST = 12;

/** Of an instruction with what it is given. */
const INSTRUCTION_BYTES = 4;

/** Where an instruction of an initial value ends. */
function skipInstruction(section: Uint8Array, start: number): number {
  const opcode = section[start] ?? damaged();
  const at = start + 1;
  if (opcode === VECTOR) {
    const vector = readNumber(section, at);
    if (vector.value !== V128_CONST) refuse("a global begins with what cells do not have");
    return vector.end + 16;
  }
  const bytes = BYTES_BEHIND.get(opcode);
  if (bytes !== undefined) return at + bytes;
  let end = at;
  const numbers =
    NUMBERS_BEHIND.get(opcode) ?? refuse("a global begins with what cells do not have");
  for (let left = numbers; left > 0; left--) end = readNumber(section, end).end;
  return end;
}

/** Types of a reference to a heap type, which follows. */
const TYPED_REFERENCES = [0x63, 0x64];

/**
 * How many local variables the functions of a code section have: a count, then size and body of each, which begins with
 * groups of locals. An engine spends time on each local, and a function says in six bytes that it has fifty thousand.
 */
export function* countLocals(section: Uint8Array, pace: Pace): Work<number> {
  const count = readNumber(section, 0);
  let locals = 0;
  let at = count.end;
  for (let left = count.value; left > 0 && at < section.length; left--) {
    const size = readNumber(section, at);
    const groups = readNumber(section, size.end);
    const end = size.end + size.value;
    let group = groups.end;
    for (let more = groups.value; more > 0 && group < end; more--) {
      const some = readNumber(section, group);
      locals += some.value;
      const isTyped = TYPED_REFERENCES.includes(section[some.end] ?? 0);
      group = isTyped ? readNumber(section, some.end + 1).end : some.end + 1;
    }
    if (pace.spend(group - at)) yield;
    at = end;
  }
  return locals;
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

/**
 * Refuses core modules whose memory use cannot be bounded.
 *
 * Garbage-collected objects are in a heap that all threads of the page share, so a loop that allocates them crashes the
 * tab and not the cell alone. Shared memory is of no use to a single thread, except as a precise clock.
 */
import { Exception } from "#base";
import type { Pace, Work } from "./work.ts";

const FUNCTION = 0x60;
/** `funcref` and `externref`. */
const REFERENCES = [0x70, 0x6f];
/** Marks the bytes of plain value types: these references, numbers and vectors. */
const IS_PLAIN = new Uint8Array(256);
for (const type of [0x7f, 0x7e, 0x7d, 0x7c, 0x7b, ...REFERENCES]) IS_PLAIN[type] = 1;

/**
 * Checks the body of a type section: a count, then the definition of each type.
 *
 * A module that defines only functions of plain types cannot allocate objects, nor throw exceptions that hold others.
 *
 * @throws {Exception} `failed` when the section defines any other type.
 */
export function* checkTypes(section: Uint8Array, pace: Pace): Work<void> {
  const count = readNumber(section, 0);
  let { end: at } = count;
  for (let left = count.value; left > 0; left--) {
    const start = at;
    if (section[at++] !== FUNCTION) refuse("it uses garbage-collected objects");
    at = checkPlain(section, at, "parameters");
    at = checkPlain(section, at, "results");
    if (pace.spend(at - start)) yield;
  }
}

/** Checks a list of value types, and returns its end. */
function checkPlain(section: Uint8Array, start: number, list: "parameters" | "results"): number {
  const first = section[start] ?? 0;
  // Nearly all lists are short, and there can be millions, so no object is allocated for a short one.
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

/** Cost of a tag in `Pace`; a tag has few bytes. */
const TAG_BYTES = 8;
/** Most values that an exception may carry; exceptions of real languages carry a pointer or two. */
const PAYLOAD_LIMIT = 8;

/**
 * Checks the body of a tag section: a count, then attribute and type of each tag.
 *
 * A function can hold as many exceptions as its stack has room for references, and the memory of their values is not
 * counted.
 *
 * @param types body of the type section, which `checkTypes` has accepted
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
      refuse(`it throws exceptions with more than ${PAYLOAD_LIMIT} values`);
    }
  }
}

/** Number of parameters of each type in a checked type section, at most 255. */
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
 * Checks the body of a global section: a count, then type, mutability and initial value of each global.
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
/** Instructions that an initial value may have, with the number of LEB128 operands that follow each. */
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
/** Instructions that an initial value may have, with the length of their operand in bytes. */
const BYTES_BEHIND: ReadonlyMap<number, number> = new Map([
  [0x43, 4], // f32.const
  [0x44, 8], // f64.const
]);
const VECTOR = 0xfd;
const V128_CONST = 12;

/** Cost of an instruction with its operands in `Pace`. */
const INSTRUCTION_BYTES = 4;

/** The end of an instruction in an initial value. */
function skipInstruction(section: Uint8Array, start: number): number {
  const opcode = section[start] ?? damaged();
  const at = start + 1;
  if (opcode === VECTOR) {
    const vector = readNumber(section, at);
    if (vector.value !== V128_CONST) refuse("a global has an initial value that cells do not have");
    return vector.end + 16;
  }
  const bytes = BYTES_BEHIND.get(opcode);
  if (bytes !== undefined) return at + bytes;
  let end = at;
  const numbers =
    NUMBERS_BEHIND.get(opcode) ?? refuse("a global has an initial value that cells do not have");
  for (let left = numbers; left > 0; left--) end = readNumber(section, end).end;
  return end;
}

/** Type bytes of references that a heap type follows. */
const TYPED_REFERENCES = [0x63, 0x64];

/**
 * Counts the local variables of all functions in a code section: a count, then size and body of each function, which
 * begins with groups of locals. Engines spend time on each local, and a function can declare 50 000 in six bytes.
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
    for (let rest = groups.value; rest > 0 && group < end; rest--) {
      const declared = readNumber(section, group);
      locals += declared.value;
      const isTyped = TYPED_REFERENCES.includes(section[declared.end] ?? 0);
      group = isTyped ? readNumber(section, declared.end + 1).end : declared.end + 1;
    }
    if (pace.spend(group - at)) yield;
    at = end;
  }
  return locals;
}

/** Whether a table may have elements of this type. */
export function isReference(type: number): boolean {
  return REFERENCES.includes(type);
}

/** Refuses a memory or table that is shared between threads. */
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

/** Reads an unsigned LEB128 number of up to 64 bits. Beyond 53 bits it is rounded, far above every limit. */
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

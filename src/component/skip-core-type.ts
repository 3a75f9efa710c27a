/** Skips core types, which the engine checks. @see Binary.md "Type Definitions" */
import { damaged, refuse } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { NESTING_LIMIT } from "./limits.ts";

const MODULE_TYPE = 0x50;
const FUNC_TYPE = 0x60;

/** @param depth nesting depth of this type */
export function skipCoreType(cursor: Cursor, depth: number): void {
  if (depth > NESTING_LIMIT) refuse("its types are nested too deeply");
  const opcode = cursor.byte();
  if (opcode === FUNC_TYPE) {
    skipValueTypes(cursor);
    skipValueTypes(cursor);
  } else if (opcode === MODULE_TYPE) {
    cursor.many(() => skipDeclaration(cursor, depth + 1));
  } else {
    refuse("it has a core type that is neither a function nor a module");
  }
}

function skipDeclaration(cursor: Cursor, depth: number): void {
  switch (cursor.byte()) {
    case 0:
      cursor.name();
      cursor.name();
      skipExtern(cursor);
      return;
    case 1:
      skipCoreType(cursor, depth);
      return;
    case 2:
      cursor.skip(2);
      cursor.u32();
      cursor.u32();
      return;
    case 3:
      cursor.name();
      skipExtern(cursor);
      return;
    default:
      damaged();
  }
}

/** The parts of the types of functions, tables, memories, globals and tags. */
const EXTERNS: ReadonlyArray<ReadonlyArray<(cursor: Cursor) => void>> = [
  [skipNumber],
  [skipValueType, skipLimits],
  [skipLimits],
  [skipValueType, skipNumber],
  [skipNumber, skipNumber],
];

function skipExtern(cursor: Cursor): void {
  for (const skip of EXTERNS[cursor.byte()] ?? damaged()) skip(cursor);
}

function skipValueTypes(cursor: Cursor): void {
  cursor.many(skipValueType);
}

/** Skips a number or vector type, or a reference: abbreviated, or with a heap type. */
function skipValueType(cursor: Cursor): void {
  const opcode = cursor.byte();
  if (opcode === 0x63 || opcode === 0x64) cursor.u32();
}

function skipLimits(cursor: Cursor): void {
  const flags = cursor.byte();
  skipNumber(cursor);
  if ((flags & 1) !== 0) skipNumber(cursor);
}

/** Skips an LEB128 number of up to 10 bytes, as a 64-bit limit may take. */
function skipNumber(cursor: Cursor): void {
  for (let left = 10; left > 0; left--) if (cursor.byte() < 0x80) return;
  damaged();
}

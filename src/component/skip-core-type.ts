/** Core types are the engine's to check: they are only passed over. @see Binary.md "Type Definitions" */
import { damaged, refuse } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import { NESTING_LIMIT } from "./limits.ts";

const MODULE_TYPE = 0x50;
const FUNC_TYPE = 0x60;

/** @param depth how deep this type is nested */
export function skipCoreType(cursor: Cursor, depth: number): void {
  if (depth > NESTING_LIMIT) refuse("its types are nested too deep");
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

/** What the types of functions, tables, memories, globals and tags are made of. */
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

/** A number or vector type, or a reference: by name, or to a heap type. */
function skipValueType(cursor: Cursor): void {
  const opcode = cursor.byte();
  if (opcode === 0x63 || opcode === 0x64) cursor.u32();
}

function skipLimits(cursor: Cursor): void {
  const flags = cursor.byte();
  skipNumber(cursor);
  if ((flags & 1) !== 0) skipNumber(cursor);
}

/** LEB128 of any length that a memory's limits may have. */
function skipNumber(cursor: Cursor): void {
  for (let left = 10; left > 0; left--) if (cursor.byte() < 0x80) return;
  damaged();
}

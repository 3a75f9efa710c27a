/** Parses canonical functions and their options. @see Binary.md "Canonical Definitions" */
import { damaged, refuse } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type { CanonicalOptions, Definition, StringEncoding } from "./definitions.ts";
import { refuseCanon, refuseFuture } from "./future.ts";

const ENCODINGS: readonly StringEncoding[] = ["utf8", "utf16", "latin1+utf16"];
/** Canonical functions by opcode, from 0x02 on. */
const RESOURCES = ["resource.new", "resource.drop", "resource.rep"] as const;
/** Options by opcode, from 0x03 on. */
const INDICES = ["memory", "realloc", "postReturn"] as const;
/** Options of WASI 0.3 by opcode, from 0x06 on. */
const FUTURE = ["async", "callback"];

export function parseCanon(cursor: Cursor): Definition {
  const opcode = cursor.byte();
  switch (opcode) {
    case 0x00: {
      if (cursor.byte() !== 0) damaged();
      const core = cursor.u32();
      const options = parseOptions(cursor);
      return { op: "lift", core, options, type: cursor.u32() };
    }
    case 0x01: {
      if (cursor.byte() !== 0) damaged();
      const func = cursor.u32();
      const options = parseOptions(cursor);
      return { op: "lower", func, options };
    }
    default:
      return { op: RESOURCES[opcode - 0x02] ?? refuseCanon(opcode), type: cursor.u32() };
  }
}

/** Parses options, each at most once. */
function parseOptions(cursor: Cursor): CanonicalOptions {
  const seen: Partial<Record<keyof CanonicalOptions, unknown>> = {};
  for (let left = cursor.length(); left > 0; left--) {
    const opcode = cursor.byte();
    const encoding = ENCODINGS[opcode];
    const future = FUTURE[opcode - 0x06];
    if (future !== undefined) refuseFuture(future);
    const name = encoding === undefined ? (INDICES[opcode - 0x03] ?? damaged()) : "encoding";
    if (name in seen) refuse(`a canonical function has the option "${name}" twice`);
    seen[name] = encoding ?? cursor.u32();
  }
  seen.encoding ??= "utf8";
  return seen as unknown as CanonicalOptions;
}

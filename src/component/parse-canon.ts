/** Canonical functions and their options. @see Binary.md "Canonical Definitions" */
import { damaged, refuse } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type { CanonicalOptions, Definition, StringEncoding } from "./definitions.ts";
import { refuseCanon, refuseFuture } from "./future.ts";

const ENCODINGS: readonly StringEncoding[] = ["utf8", "utf16", "latin1+utf16"];

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
    case 0x02:
      return { op: "resource.new", type: cursor.u32() };
    case 0x03:
      return { op: "resource.drop", type: cursor.u32() };
    case 0x04:
      return { op: "resource.rep", type: cursor.u32() };
    default:
      return refuseCanon(opcode);
  }
}

/** Each option at most once. */
function parseOptions(cursor: Cursor): CanonicalOptions {
  const seen: { -readonly [K in keyof CanonicalOptions]?: CanonicalOptions[K] } = {};
  const set = <K extends keyof CanonicalOptions>(key: K, value: CanonicalOptions[K]): void => {
    if (seen[key] !== undefined) refuse(`a canonical function has the option "${key}" twice`);
    seen[key] = value;
  };
  cursor.many(() => {
    const opcode = cursor.byte();
    const encoding = ENCODINGS[opcode];
    if (encoding !== undefined) set("encoding", encoding);
    else if (opcode === 0x03) set("memory", cursor.u32());
    else if (opcode === 0x04) set("realloc", cursor.u32());
    else if (opcode === 0x05) set("postReturn", cursor.u32());
    else if (opcode === 0x06) refuseFuture("async");
    else if (opcode === 0x07) refuseFuture("callback");
    else damaged();
  });
  return { encoding: "utf8", ...seen };
}

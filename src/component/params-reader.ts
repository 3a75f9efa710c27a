/**
 * Reads the parameters of a call: each from core values, or all from memory when there would be too many core values.
 */
import type { CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { MemoryContext } from "./memory-context.ts";
import { FLAT_LIMIT } from "./types.ts";
import type { ValueType } from "./types.ts";

export function liftParams(
  cx: MemoryContext,
  tuple: ValueType,
  codecs: Codecs,
  flat: readonly CoreValue[],
): unknown[] {
  const codec = codecs.get(tuple);
  const values =
    tuple.flat.length > FLAT_LIMIT
      ? codec.load(cx, cx.checkRead(Number(flat[0]) >>> 0, tuple))
      : codec.lift(cx, flat, 0);
  return values as unknown[];
}

/** The index of the result's address among the core values: behind the parameters. */
export function placeIndexOf({ flat }: ValueType): number {
  return flat.length > FLAT_LIMIT ? 1 : flat.length;
}

/** Reads the parameters of a call: each from core values, or all from memory when those would be too many. */
import type { CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { MemoryContext } from "./memory-context.ts";
import { countFlat, createValueType, FLAT_LIMIT } from "./types.ts";
import type { ValueType } from "./types.ts";

export function createParamsReader(
  cx: MemoryContext,
  types: readonly ValueType[],
  codecs: Codecs,
): (flat: readonly CoreValue[]) => unknown[] {
  if (countFlat(types) > FLAT_LIMIT) {
    const tuple = codecs.get(createValueType({ kind: "tuple", of: types }));
    return ([place]) => {
      const at = cx.check(Number(place) >>> 0, tuple.size, tuple.align);
      return tuple.load(cx, at) as unknown[];
    };
  }
  const all = types.map((type) => codecs.get(type));
  return (flat) => {
    let at = 0;
    return all.map((codec) => {
      const value = codec.lift(cx, flat, at);
      at += codec.flat.length;
      return value;
    });
  };
}

/** Passes the result of a call to core code: as one core value, or in memory at the caller's address. */
import type { Codec, CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { MemoryContext } from "./memory-context.ts";
import type { ValueType } from "./types.ts";

export function createResultWriter(
  cx: MemoryContext,
  type: ValueType | undefined,
  codecs: Codecs,
): (value: unknown, place: CoreValue | undefined) => unknown {
  if (type === undefined) return () => undefined;
  const { size, align, flat } = type;
  let codec: Codec | undefined;
  if (flat.length === 1) return (value) => (codec ??= codecs.get(type)).lower1(cx, value);
  return (value, place) => {
    const at = cx.check((place as number) >>> 0, size, align);
    (codec ??= codecs.get(type)).store(cx, value, at);
  };
}

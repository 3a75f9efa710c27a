/** Passes the result of a call to core code: as one core value, or in memory where the caller says. */
import type { Codec, CoreValue } from "./codec.ts";
import type { MemoryContext } from "./memory-context.ts";

export function createResultWriter(
  cx: MemoryContext,
  codec: Codec | undefined,
): (value: unknown, place: CoreValue | undefined) => unknown {
  if (codec === undefined) return () => undefined;
  const { size, align, flat, lower1, store } = codec;
  if (flat.length === 1) return (value) => lower1(cx, value);
  return (value, place) => {
    const at = cx.check((place as number) >>> 0, size, align);
    store(cx, value, at);
  };
}

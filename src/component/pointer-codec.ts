/** The codec of types that are passed as an address and a length: strings and lists. */
import { createCodec } from "./codec.ts";
import type { Codec } from "./codec.ts";
import type { MemoryContext } from "./memory-context.ts";
import type { Layout } from "./types.ts";

/**
 * @param load reads the value at an address that it must check
 * @param store allocates and writes the value, and returns its address and length
 * @param lend reads the value for a function that does not keep it; by default like `load`
 */
export function createPointerCodec(
  layout: Layout,
  load: (cx: MemoryContext, at: number, length: number) => unknown,
  store: (cx: MemoryContext, value: unknown) => readonly [at: number, length: number],
  lend: typeof load = load,
): Codec {
  return createCodec(layout, {
    load(cx, at) {
      const { view } = cx;
      return load(cx, view.getUint32(at, true), view.getUint32(at + 4, true));
    },
    store(cx, value, at) {
      const [pointer, length] = store(cx, value);
      // Storing allocates, which may replace the memory's buffer.
      const { view } = cx;
      view.setUint32(at, pointer, true);
      view.setUint32(at + 4, length, true);
    },
    lift: (cx, flat, at) => load(cx, Number(flat[at]) >>> 0, Number(flat[at + 1]) >>> 0),
    lift2: (cx, a, b) => load(cx, (a as number) >>> 0, (b as number) >>> 0),
    lend2: (cx, a, b) => lend(cx, (a as number) >>> 0, (b as number) >>> 0),
    lower(cx, value, flat) {
      const [pointer, length] = store(cx, value);
      flat.push(pointer, length);
    },
  });
}

/** Joins small pieces of a stream when reading: forwarding costs time for each piece, not for each byte. */
import { concatBytes } from "./bytes.ts";
import type { ByteSource } from "./duplex.ts";
import { takeTurn } from "./turns.ts";

/** Forwarding a piece of this size costs little more than moving its bytes. */
const ENOUGH_BYTES = 32 * 1024;

/**
 * The same source, but when little is available, `read` gives the writer one turn of the event loop, and also returns what
 * arrives by then. Takes over the source.
 */
export function gatherReads(source: ByteSource): ByteSource {
  return {
    take: (limitBytes) => source.take(limitBytes),
    get ended() {
      return source.ended;
    },
    ready: (options) => source.ready(options),
    async read(limitBytes, options) {
      const first = await source.read(limitBytes, options);
      if (first === undefined || first.length >= Math.min(limitBytes, ENOUGH_BYTES)) return first;
      await takeTurn();
      const parts = [first];
      let length = first.length;
      try {
        while (length < limitBytes) {
          const next = source.take(limitBytes - length);
          if (next.length === 0) break;
          parts.push(next);
          length += next.length;
        }
      } catch {
        // The writer disconnected: the next read throws.
      }
      return concatBytes(parts);
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

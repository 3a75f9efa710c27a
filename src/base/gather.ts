/** Reads small pieces of a stream as one: forwarding costs time for each piece, not for each byte. */
import { concatBytes } from "./bytes.ts";
import type { ByteSource } from "./duplex.ts";
import { takeTurn } from "./turns.ts";

/** Passing that much on costs little beside moving its bytes. */
const ENOUGH_BYTES = 32 * 1024;

/**
 * The same source, whose `read` lets a writer go on for one turn of the event loop where little is there, and gives what has
 * come by then as well. Takes it over.
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

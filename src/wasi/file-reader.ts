/**
 * The reader of a file: it takes nothing out of the source before the guest reads it.
 *
 * The reader of a pipe may take bytes out early, since they cannot change any more; bytes of a file may change until they are
 * read, and its source knows when bytes that it has read ahead are stale.
 */
import type { FileSource } from "#vfs";
import type { Reader } from "./reader.ts";
import { closed, lastOperationFailed, refuse } from "./trap.ts";

const NONE = new Uint8Array(0);

/** Takes over the source. */
export function createFileReader(source: FileSource): Reader {
  let isReported = false;
  return {
    get ready() {
      return source.available;
    },
    wait: (options) => source.ready(options),
    take(limitBytes) {
      const bytes = limitBytes > 0 ? takeOrRefuse(limitBytes) : NONE;
      if (bytes.length > 0) return bytes;
      if (source.failure !== undefined || source.ended) return refuse(closed());
      return NONE;
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };

  function takeOrRefuse(limitBytes: number): Uint8Array {
    if (isReported) return NONE;
    try {
      return source.take(limitBytes);
    } catch (reason) {
      isReported = true;
      return refuse(lastOperationFailed(reason, source.failure));
    }
  }
}

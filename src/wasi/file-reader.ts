/**
 * The reader of a file: it takes nothing out of the source before the guest reads it.
 *
 * A pipe's reader may take bytes out early, since nobody changes them then; a file's bytes change until they are read, and
 * its source knows when what it has looked at is not so any more.
 */
import type { FileSource } from "#vfs";
import type { Reader } from "./reader.ts";
import { closed, lastOperationFailed, refuse } from "./trap.ts";

const NONE = new Uint8Array(0);

/** Takes the source over. */
export function createFileReader(source: FileSource): Reader {
  let told = false;
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
    if (told) return NONE;
    try {
      return source.take(limitBytes);
    } catch (reason) {
      told = true;
      return refuse(lastOperationFailed(reason, source.failure));
    }
  }
}

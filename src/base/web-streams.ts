/** Converts between byte pipes and web streams. */
import { concatBytes } from "./bytes.ts";
import type { ByteSink, ByteSource, Waiting } from "./duplex.ts";
import { takeTurn } from "./turns.ts";
import { untilAborted } from "./until-aborted.ts";

const READ_BYTES = 256 * 1024;

/** Takes over the source, and disposes it at its end or when the stream is cancelled; the signal cuts the stream. */
export function toReadable(
  source: Pick<ByteSource, "read"> & Disposable,
  options?: Waiting,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
    const bytes = await source.read(READ_BYTES, options);
    if (bytes !== undefined) return controller.enqueue(bytes);
    source[Symbol.dispose]();
    controller.close();
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        await pull(controller);
      } catch (reason) {
        source[Symbol.dispose]();
        throw reason;
      }
    },
    cancel: () => source[Symbol.dispose](),
  });
}

export interface PumpOptions extends Waiting {
  /** Pieces that arrive within one turn of the event loop are written together up to this size; 0 by default. */
  readonly gatheredBytes?: number;
}

/**
 * Writes the whole stream to the sink, then closes it. If either fails, or the signal fires, cuts the sink and cancels the
 * stream. Never rejects.
 */
export async function pumpReadable(
  readable: ReadableStream<Uint8Array>,
  sink: ByteSink,
  { gatheredBytes = 0, signal }: PumpOptions = {},
): Promise<void> {
  const reader = readable.getReader();
  const read = (): ReturnType<typeof reader.read> => {
    const reading = untilAborted(reader.read(), signal);
    reading.catch(() => undefined); // awaiting `next` throws the error
    return reading;
  };
  try {
    for (let next = read(); ;) {
      const { done, value } = await next;
      if (done) break;
      next = read();
      const pieces = [value];
      for (let length = value.length; length < gatheredBytes;) {
        const more = await Promise.race([next, takeTurn()]);
        if (more?.value === undefined) break;
        pieces.push(more.value);
        length += more.value.length;
        next = read();
      }
      await sink.write(concatBytes(pieces), { signal });
    }
    sink.close();
  } catch (error) {
    sink[Symbol.dispose]();
    reader.cancel(error).catch(() => undefined); // its source may never answer
  }
}

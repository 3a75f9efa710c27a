/** Between byte pipes and the streams of the web. */
import { concatBytes } from "./bytes.ts";
import type { ByteSink, ByteSource, Waiting } from "./duplex.ts";
import { takeTurn } from "./turns.ts";

const READ_BYTES = 256 * 1024;

/** Takes the source over, and disposes it at its end or when the stream is cancelled; the signal cuts the stream. */
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

/**
 * Writes all of a stream, and closes the sink; where either fails, the reader of the sink sees the stream cut. Never rejects.
 *
 * @param gatheredBytes up to which pieces are written together that come within one turn of the event loop; none by default
 */
export async function pumpReadable(
  readable: ReadableStream<Uint8Array>,
  sink: ByteSink,
  gatheredBytes = 0,
): Promise<void> {
  const reader = readable.getReader();
  const read = (): ReturnType<typeof reader.read> => {
    const reading = reader.read();
    reading.catch(() => undefined); // seen when it is its turn
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
      await sink.write(concatBytes(pieces));
    }
    sink.close();
  } catch (error) {
    sink[Symbol.dispose]();
    await reader.cancel(error).catch(() => undefined);
  }
}

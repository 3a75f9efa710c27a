/** Between byte pipes and the streams of the web. */
import type { ByteSink, ByteSource, Waiting } from "./duplex.ts";

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

/** Writes all of a stream, and closes the sink; where either fails, the reader of the sink sees the stream cut. Never rejects. */
export async function pumpReadable(
  readable: ReadableStream<Uint8Array>,
  sink: ByteSink,
): Promise<void> {
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      await sink.write(value);
    }
    sink.close();
  } catch (error) {
    sink[Symbol.dispose]();
    await reader.cancel(error).catch(() => undefined);
  }
}

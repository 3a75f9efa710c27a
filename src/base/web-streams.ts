/** Between byte pipes and the streams of the web. */
import type { ByteSink, ByteSource, Waiting } from "./duplex.ts";
import { untilAborted } from "./until-aborted.ts";

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
 * Writes all of a stream, and closes the sink. Where either fails, or the signal fires, the reader of the sink sees the stream
 * cut, and the stream is cancelled. Never rejects.
 */
export async function pumpReadable(
  readable: ReadableStream<Uint8Array>,
  sink: ByteSink,
  { signal }: Waiting = {},
): Promise<void> {
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) break;
      await sink.write(value, { signal });
    }
    sink.close();
  } catch (error) {
    sink[Symbol.dispose]();
    await reader.cancel(error).catch(() => undefined);
  }
}

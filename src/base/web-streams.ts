/** Between byte pipes and the streams of the web. */
import type { ByteSink, ByteSource } from "./duplex.ts";

const READ_BYTES = 256 * 1024;

/** Takes the source over: cancelling the stream disposes it. */
export function toReadable(source: ByteSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const bytes = await source.read(READ_BYTES);
      if (bytes === undefined) controller.close();
      else controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
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

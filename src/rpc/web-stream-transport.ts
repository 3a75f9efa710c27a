/** Transport over a pair of web streams, such as those of `fetch`, WebTransport, serial ports or Node's sockets. */
import { createPipe, pumpReadable, toException } from "#base";
import type { ByteSource } from "#base";
import { createStreamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";

/** Bytes read ahead, and bytes that may wait to be written. */
const WINDOW_BYTES = 256 * 1024;

export interface WebStreamPair {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * Creates a transport over a stream in each direction, in the standard framing. Takes ownership of both.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createWebStreamTransport(pair: WebStreamPair, limitBytes?: number): Transport {
  const incoming = createPipe(WINDOW_BYTES);
  const outgoing = createPipe(WINDOW_BYTES);
  void pumpReadable(pair.readable, incoming.sink); // ends with the stream
  void send(outgoing.source, pair.writable); // ends with the stream
  const duplex = {
    source: incoming.source,
    sink: outgoing.sink,
    [Symbol.dispose]() {
      incoming.source[Symbol.dispose]();
      outgoing.sink[Symbol.dispose]();
    },
  };
  return createStreamTransport(duplex, limitBytes);
}

async function send(source: ByteSource, writable: WritableStream<Uint8Array>): Promise<void> {
  const writer = writable.getWriter();
  try {
    for (;;) {
      const bytes = await source.read(WINDOW_BYTES);
      if (bytes === undefined) break;
      await writer.ready;
      await writer.write(bytes);
    }
    await writer.close();
  } catch (error) {
    source[Symbol.dispose]();
    await writer.abort(toException(error, "disconnected")).catch(() => undefined);
  }
}

/** Messages with their length before them, as bitswap has them: written to a peer, and read from one. */
import { concatBytes, Exception } from "#base";
import type { ByteSource, Duplex, Waiting } from "#base";

/** The way to a peer: a stream that is opened with the first message, and again where the peer has ended it. */
export interface MessageLine extends Disposable {
  /** Messages go in their order. @throws {Exception} `disconnected` or `unimplemented` when the peer takes none. */
  write(message: Uint8Array, options: Waiting): Promise<void>;
}

/** What is written is still sent after dispose; a later message opens a stream again. */
export function createMessageLine(dial: (options: Waiting) => Promise<Duplex>): MessageLine {
  let stream: Duplex | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const send = async (message: Uint8Array, options: Waiting): Promise<void> => {
    options.signal?.throwIfAborted();
    const isNew = stream === undefined;
    stream ??= await dial(options);
    try {
      await stream.sink.write(message.slice(), options);
    } catch (reason) {
      // Half a message may be on its way.
      stream[Symbol.dispose]();
      stream = undefined;
      options.signal?.throwIfAborted();
      if (isNew) throw reason;
      await send(message, options);
    }
  };
  return {
    write(message, options) {
      const sent = last.then(() => send(message, options));
      last = sent.catch(() => undefined);
      return sent;
    },
    [Symbol.dispose]() {
      last = last.then(() => {
        stream?.sink.close();
        stream?.[Symbol.dispose]();
        stream = undefined;
      });
    },
  };
}

export interface ReadMessagesOptions {
  /** Of the next message. */
  readonly limitBytes: () => number;
  /** Bytes have arrived. */
  readonly onBytes: (count: number) => void;
  /** For each read. */
  readonly signal: () => AbortSignal;
}

const READ_BYTES = 64 * 1024;
const LENGTH_BITS = 28;

/**
 * Whole messages, until the peer ends the stream.
 *
 * @throws {Exception} `failed` when one is longer than it may be, `disconnected` when the stream is cut.
 */
export async function* readMessages(
  source: ByteSource,
  { limitBytes, onBytes, signal }: ReadMessagesOptions,
): AsyncGenerator<Uint8Array> {
  const read = async (most: number): Promise<Uint8Array | undefined> => {
    const bytes = await source.read(most, { signal: signal() });
    onBytes(bytes?.length ?? 0);
    return bytes;
  };
  for (;;) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const [byte] = (await read(1)) ?? [];
      if (byte === undefined) return;
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift + 7 >= LENGTH_BITS) throw tooLong();
    }
    if (length > limitBytes()) throw tooLong();
    const parts: Uint8Array[] = [];
    for (let left = length; left > 0;) {
      const part = await read(Math.min(left, READ_BYTES));
      if (part === undefined) throw new Exception("disconnected", "A message ends too early");
      parts.push(part);
      left -= part.length;
    }
    yield concatBytes(parts);
  }
}

function tooLong(): Exception {
  return new Exception("failed", "A message is longer than it may be");
}

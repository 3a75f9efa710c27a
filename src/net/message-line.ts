/** Length-prefixed messages, as bitswap has them: written to a peer, and read from one. */
import { createTurns, Exception, takeTurn } from "#base";
import type { ByteSource, Duplex, Waiting } from "#base";

/** Sends messages to a peer, on a stream that is opened for the first one, and again after the peer has ended it. */
export interface MessageLine extends Disposable {
  /** Sends messages in order. @throws {Exception} `disconnected` or `unimplemented` when the peer accepts none. */
  write(message: Uint8Array, options: Waiting): Promise<void>;
}

/** Messages that were written before dispose are still sent; a later message opens a new stream. */
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
      // A part of the message may have been sent.
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

export interface ReadMessagesOptions extends Waiting {
  /** Size limit of the next message. */
  readonly limitBytes: () => number;
  /** Called when bytes have arrived. */
  readonly onBytes: (count: number) => void;
  /** The longest silence. */
  readonly stallMs: number;
}

const READ_BYTES = 64 * 1024;
/** First allocation for a message, whatever length it claims. */
const FIRST_BYTES = 4096;
const LENGTH_BITS = 28;
/** Messages of a few bytes take some 3 µs each. */
const MESSAGES_PER_TURN = 256;
const NONE = new Uint8Array(0);

/**
 * Complete, non-empty messages, until the peer ends the stream. Even if a message arrives byte by byte, at most three times
 * its length is held.
 *
 * @throws {Exception} `failed` when a message is too long, `disconnected` when the stream is cut, or silent for `stallMs`.
 */
export async function* readMessages(
  source: ByteSource,
  { limitBytes, onBytes, stallMs, signal }: ReadMessagesOptions,
): AsyncGenerator<Uint8Array> {
  const turns = createTurns(MESSAGES_PER_TURN);
  const stalled = new AbortController();
  const over = signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]);
  const stall = (): void =>
    stalled.abort(new Exception("disconnected", "A peer has sent nothing for too long"));
  /** Received bytes that belong to no message yet. */
  let received: Uint8Array = NONE;
  /** False at the end. Has one timer at a time: a timeout signal for each read would stay in memory until it fires. */
  const fill = async (): Promise<boolean> => {
    const timer = setTimeout(stall, stallMs);
    try {
      received = (await source.read(READ_BYTES, { signal: over })) ?? NONE;
    } finally {
      clearTimeout(timer);
    }
    onBytes(received.length);
    // Without it, a peer that sends as fast as it is read would block the thread.
    await takeTurn();
    return received.length > 0;
  };
  for (;;) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      if (received.length === 0 && !(await fill())) return;
      const [byte = 0] = received;
      received = received.subarray(1);
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift + 7 >= LENGTH_BITS) throw tooLong();
    }
    if (length > limitBytes()) throw tooLong();
    if (length === 0) continue;
    let message = new Uint8Array(Math.min(length, FIRST_BYTES));
    for (let at = 0; at < length;) {
      if (received.length === 0 && !(await fill())) {
        throw new Exception("disconnected", "A message ends too early");
      }
      const part = received.subarray(0, length - at);
      received = received.subarray(part.length);
      message = makeRoom(message, at + part.length, length);
      message.set(part, at);
      at += part.length;
    }
    yield message;
    await turns();
  }
}

/** The same bytes with room for `needed`, grown to `most` at the most. */
function makeRoom(
  bytes: Uint8Array<ArrayBuffer>,
  needed: number,
  most: number,
): Uint8Array<ArrayBuffer> {
  if (needed <= bytes.length) return bytes;
  const grown = new Uint8Array(Math.min(most, Math.max(needed, 2 * bytes.length)));
  grown.set(bytes);
  return grown;
}

function tooLong(): Exception {
  return new Exception("failed", "A message is too long");
}

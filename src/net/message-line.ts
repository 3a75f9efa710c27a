/** Messages with their length before them, as bitswap has them: written to a peer, and read from one. */
import { createTurns, Exception, takeTurn } from "#base";
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

export interface ReadMessagesOptions extends Waiting {
  /** Of the next message. */
  readonly limitBytes: () => number;
  /** Bytes have arrived. */
  readonly onBytes: (count: number) => void;
  /** How long nothing may come. */
  readonly stallMs: number;
}

const READ_BYTES = 64 * 1024;
/** A message is held in so much at first, whatever length it claims. */
const FIRST_BYTES = 4096;
const LENGTH_BITS = 28;
/** Messages of a few bytes take some 3 µs each. */
const MESSAGES_PER_TURN = 256;
const NONE = new Uint8Array(0);

/**
 * Messages that are whole and not empty, until the peer ends the stream. However they come, even byte by byte, what is held
 * is at most three times their length.
 *
 * @throws {Exception} `failed` when one is longer than it may be, `disconnected` when the stream is cut, or says nothing for
 * long.
 */
export async function* readMessages(
  source: ByteSource,
  { limitBytes, onBytes, stallMs, signal }: ReadMessagesOptions,
): AsyncGenerator<Uint8Array> {
  const turns = createTurns(MESSAGES_PER_TURN);
  const stalled = new AbortController();
  const over = signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]);
  const stall = (): void =>
    stalled.abort(new Exception("disconnected", "A peer has said nothing for too long"));
  /** What has come, and belongs to no message yet. */
  let here: Uint8Array = NONE;
  /** False at the end. One timer at a time: a signal for each read would stay in memory until its time is over. */
  const fill = async (): Promise<boolean> => {
    const timer = setTimeout(stall, stallMs);
    try {
      here = (await source.read(READ_BYTES, { signal: over })) ?? NONE;
    } finally {
      clearTimeout(timer);
    }
    onBytes(here.length);
    // Else a peer that sends as fast as it is read would hold up the thread.
    await takeTurn();
    return here.length > 0;
  };
  for (;;) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      if (here.length === 0 && !(await fill())) return;
      const [byte = 0] = here;
      here = here.subarray(1);
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift + 7 >= LENGTH_BITS) throw tooLong();
    }
    if (length > limitBytes()) throw tooLong();
    if (length === 0) continue;
    let message = new Uint8Array(Math.min(length, FIRST_BYTES));
    for (let at = 0; at < length;) {
      if (here.length === 0 && !(await fill())) {
        throw new Exception("disconnected", "A message ends too early");
      }
      const part = here.subarray(0, length - at);
      here = here.subarray(part.length);
      message = makeRoom(message, at + part.length, length);
      message.set(part, at);
      at += part.length;
    }
    yield message;
    await turns();
  }
}

/** The same bytes with room for so many, and no more than `most`. */
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
  return new Exception("failed", "A message is longer than it may be");
}

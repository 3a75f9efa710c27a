/**
 * Calls over a duplex by a thread that blocks until it has the answer, one at a time.
 *
 * A length is a little-endian uint32. A question is the length of its JSON, the length of its body, the JSON, and the body.
 * An answer is one byte, 1 for success or 0 for an error, a length, and that many bytes: the result or the error's message.
 */
import { concatBytes, decodeText, encodeText, Exception, toMessage } from "#base";
import type { ByteSource, Duplex } from "#base";
import type { BlockingThread } from "#wasi";

/** Far more than the longest path or a page of a file. */
const QUESTION_LIMIT_BYTES = 256 * 1024;
const NONE = new Uint8Array(0);
const FAILED = 0;
const DONE = 1;

/**
 * Sends a question and blocks until the answer is there. The body is lent.
 *
 * @throws {Exception} `failed` when the other side answered with an error, `disconnected` when it has closed the pipe.
 */
export type BlockingCall = (question: unknown, body?: Uint8Array) => Uint8Array;

export function createBlockingCaller(
  { source, sink }: Duplex,
  thread: BlockingThread,
): BlockingCall {
  const write = (bytes: Uint8Array): void => {
    for (let rest = bytes; rest.length > 0;) {
      const mark = thread.mark();
      const written = sink.offer(rest);
      rest = rest.subarray(written);
      if (written === 0) thread.block(mark, Infinity, false);
    }
  };
  const read = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const mark = thread.mark();
      const piece = source.take(length - at);
      bytes.set(piece, at);
      at += piece.length;
      if (piece.length > 0) continue;
      if (source.ended) throw new Exception("disconnected", "The host no longer answers");
      thread.block(mark, Infinity, false);
    }
    return bytes;
  };
  return (question, body = NONE) => {
    const text = encodeText(JSON.stringify(question));
    write(concatBytes([encodeLength(text.length), encodeLength(body.length), text]));
    write(body);
    const done = read(1)[0] === DONE;
    const bytes = read(decodeLength(read(4)));
    if (!done) throw new Exception("failed", decodeText(bytes));
    return bytes;
  };
}

/** Answers a question of the thread, which must not be trusted. */
export type BlockingAnswer = (question: unknown, body: Uint8Array) => Promise<Uint8Array>;

/** Answers questions until the signal fires, or the other side ends or sends a malformed question. Never rejects. */
export async function serveBlockingCalls(
  { source, sink }: Duplex,
  answer: BlockingAnswer,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      const lengths = await readExactly(source, 8, signal);
      const [textBytes, bodyBytes] = [decodeLength(lengths), decodeLength(lengths.subarray(4))];
      if (textBytes + bodyBytes > QUESTION_LIMIT_BYTES)
        throw new RangeError("Question is too long");
      const question: unknown = JSON.parse(
        decodeText(await readExactly(source, textBytes, signal)),
      );
      const body = await readExactly(source, bodyBytes, signal);
      const [mark, bytes] = await settle(answer, question, body);
      await sink.write(Uint8Array.of(mark, ...encodeLength(bytes.length)), { signal });
      await sink.write(bytes, { signal });
    }
  } catch {
    // The cell has ended or broken the protocol, and gets no more answers.
    sink.close();
  }
}

async function settle(
  answer: BlockingAnswer,
  question: unknown,
  body: Uint8Array,
): Promise<[mark: number, bytes: Uint8Array]> {
  try {
    return [DONE, await answer(question, body)];
  } catch (reason) {
    return [FAILED, encodeText(toMessage(reason))];
  }
}

async function readExactly(
  source: ByteSource,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const piece = await source.read(length - at, { signal });
    if (piece === undefined) throw new Exception("disconnected", "Stream was cut before its end");
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function encodeLength(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length, true);
  return bytes;
}

function decodeLength(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

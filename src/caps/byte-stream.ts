/** Byte pipes as capabilities. @see capnp/common/node.capnp ByteStream */
import { createSequence, Exception } from "#base";
import type { ByteSink, ByteSource, Waiting } from "#base";
import type { ByteStream, ByteStreamServer } from "#schema";

/** Maximum length of one read, so that an answer stays a message of moderate size. */
const LIMIT_BYTES = 1024 * 1024;

/** Serves the reading end. Reads are answered in the order in which they were made. */
export function serveSource(source: Pick<ByteSource, "read"> & Disposable): ByteStreamServer {
  const takeTurn = createSequence();
  let closed = false;
  return {
    read(maxBytes, { signal }) {
      if (maxBytes === 0) return { data: NOTHING };
      return takeTurn(async () => {
        if (closed) return { data: NOTHING };
        const bytes = await source.read(Math.min(maxBytes, LIMIT_BYTES), { signal });
        return { data: bytes ?? NOTHING };
      });
    },
    write() {
      throw new Exception("failed", "Cannot write: the stream is read-only");
    },
    close() {
      closed = true;
      source[Symbol.dispose]();
    },
  };
}

/** Serves the writing end. A write returns once the pipe has taken all its bytes. */
export function serveSink(
  sink: Pick<ByteSink, "closed" | "copies" | "write" | "close">,
): ByteStreamServer {
  const takeTurn = createSequence();
  return {
    read() {
      throw new Exception("failed", "Cannot read: the stream is write-only");
    },
    write(data, { signal }) {
      if (sink.closed) throw new Exception("failed", "Cannot write: the stream is closed");
      // The message's memory is only lent until the write returns.
      return takeTurn(() => sink.write(sink.copies ? data : data.slice(), { signal }));
    },
    close() {
      return takeTurn(() => Promise.resolve(sink.close()));
    },
  };
}

/**
 * Serves the bytes of an iterable. It is asked for its next piece once the previous one was read, and its iterator
 * returns when the stream is closed or released.
 */
export function servePieces(pieces: AsyncIterable<Uint8Array>): ByteStreamServer & Disposable {
  const iterator = pieces[Symbol.asyncIterator]();
  const takeTurn = createSequence();
  let rest: Uint8Array = NOTHING;
  let ended = false;
  const end = async (): Promise<void> => {
    ended = true;
    rest = NOTHING;
    await iterator.return?.();
  };
  return {
    read(maxBytes) {
      if (maxBytes === 0) return { data: NOTHING };
      return takeTurn(async () => {
        while (rest.length === 0 && !ended) {
          const { value, done } = await iterator.next();
          if (done === true) ended = true;
          else rest = value;
        }
        const data = rest.subarray(0, Math.min(maxBytes, LIMIT_BYTES));
        rest = rest.subarray(data.length);
        return { data };
      });
    },
    write() {
      throw new Exception("failed", "Cannot write: the stream is read-only");
    },
    close: end,
    [Symbol.dispose]: () => void end().catch(() => undefined),
  };
}

/**
 * The bytes of a stream up to its end, in pieces; each is valid until the next one is requested. The stream is
 * borrowed.
 *
 * Reads are always in flight, so that the far end never waits for the next one: a caller that stops early loses the
 * bytes of those reads.
 *
 * @throws {Exception} the failure of a read, or the signal's reason.
 */
export async function* readPieces(
  stream: ByteStream,
  limitBytes: number = PIECE_BYTES,
  options: Waiting = {},
): AsyncGenerator<Uint8Array> {
  const ahead = Math.min(Math.ceil(AHEAD_BYTES / limitBytes), MOST_AHEAD);
  const reads = Array.from({ length: Math.max(AHEAD, ahead) }, () =>
    stream.read(limitBytes, options),
  );
  try {
    for (let next; (next = reads.shift()) !== undefined;) {
      using results = await next;
      if (results.data.length === 0) return;
      reads.push(stream.read(limitBytes, options));
      yield results.data;
    }
  } finally {
    for (const read of reads) read[Symbol.dispose]();
  }
}

/**
 * Writes all pieces to a stream, which is borrowed, and closes it. A few writes are in flight at a time; the stream's
 * own limit on unread bytes holds them back.
 *
 * @throws {Exception} the failure of a write, or the error that the iterable throws.
 */
export async function writePieces(
  stream: ByteStream,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const writes: PromiseLike<unknown>[] = [];
  for await (const piece of pieces) {
    writes.push(stream.write(piece));
    if (writes.length >= AHEAD) await writes.shift();
  }
  await Promise.all(writes);
  await stream.close();
}

/** Number of calls in flight: one that is being answered, one that waits at the far end, one on its way. */
const AHEAD = 3;
const NOTHING: Uint8Array = new Uint8Array(0);
/** Large enough that the round trip does not matter. */
const PIECE_BYTES = 256 * 1024;
/** More short reads are under way: with three of 64 KiB, bytes from another tab came at 10 MB/s instead of 12. */
const AHEAD_BYTES = 512 * 1024;
const MOST_AHEAD = 8;

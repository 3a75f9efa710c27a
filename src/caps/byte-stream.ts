/** Byte pipes as capabilities. @see capnp/peer.capnp ByteStream */
import { Exception } from "#base";
import type { ByteSink, ByteSource } from "#base";
import type { ByteStreamServer } from "#schema";

/** What one read may bring at most, so that an answer stays a message of moderate size. */
const LIMIT_BYTES = 1024 * 1024;

/** Serves the reading end. Reads are answered in the order they were made. */
export function serveSource(source: ByteSource): ByteStreamServer {
  const takeTurn = createTurns();
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

/** Serves the writing end. A write returns when the pipe has taken all of it. */
export function serveSink(sink: ByteSink): ByteStreamServer {
  const takeTurn = createTurns();
  return {
    read() {
      throw new Exception("failed", "Cannot read: the stream is write-only");
    },
    write(data, { signal }) {
      if (sink.closed) throw new Exception("failed", "Cannot write: the stream is closed");
      return takeTurn(() => sink.write(data.slice(), { signal }));
    },
    close() {
      return takeTurn(() => Promise.resolve(sink.close()));
    },
  };
}

const NOTHING = new Uint8Array(0);

/** One after the other, also when one fails. */
function createTurns(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const turn = last.then(action);
    last = turn.catch(() => undefined);
    return turn;
  };
}

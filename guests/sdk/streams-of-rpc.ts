/** Byte streams that are passed by capability: reading one, and serving one. @see capnp/common/node.capnp ByteStream */
import type { ByteStream, ByteStreamServer } from "#schema";

const PIECE_BYTES = 32 * 1024;
const NONE = new Uint8Array(0);

/** Its bytes up to the end, each piece asked for when the one before was used. The stream is lent. */
export async function* readPieces(stream: ByteStream): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { data } = await stream.read(PIECE_BYTES);
    if (data.length === 0) return;
    yield data;
  }
}

/** Gives the next piece when the one before was read; whoever reads it reads one after the other. */
export function servePieces(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): ByteStreamServer & Disposable {
  const iterator = (async function* () {
    yield* pieces;
  })();
  let rest: Uint8Array = NONE;
  let turn: Promise<unknown> = Promise.resolve();
  const next = async (maxBytes: number): Promise<{ data: Uint8Array }> => {
    while (rest.length === 0) {
      const { value, done } = await iterator.next();
      if (done === true) return { data: NONE };
      rest = value;
    }
    const data = rest.subarray(0, maxBytes);
    rest = rest.subarray(data.length);
    return { data };
  };
  const end = (): void => void iterator.return(undefined).catch(() => undefined);
  return {
    read(maxBytes) {
      const reading = turn.then(() => next(maxBytes));
      turn = reading.catch(() => undefined);
      return reading;
    },
    write() {
      throw new TypeError("This stream is read");
    },
    close: end,
    [Symbol.dispose]: end,
  };
}

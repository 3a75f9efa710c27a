/** A sink into a file of the host's: accepted bytes are in flight, and arrive in order. */
import { after, createNotice, Exception } from "#base";
import type { ByteSink, Eventually } from "#base";

export interface SharedSink extends ByteSink {
  /** The error code that ended it; `undefined` while it is open, or when it was closed. */
  readonly failure: string | undefined;
}

export interface SharedSinkPowers {
  /** Writes the first of the lent bytes, and returns their number; refuses with an error code. */
  readonly write: (bytes: Uint8Array) => Eventually<bigint>;
  /** Registers a write in flight; the promise never rejects. */
  readonly track: (sending: Promise<void>) => void;
}

/** The most bytes in flight. */
const ROOM_BYTES = 256 * 1024;
const PIECE_BYTES = 64 * 1024;

export function createSharedSink({ write, track }: SharedSinkPowers): SharedSink {
  const notice = createNotice();
  let closed = false;
  let failure: string | undefined;
  let waitingBytes = 0;
  let last: Promise<void> | undefined;

  const fail = (reason: unknown): void => {
    failure ??= typeof reason === "string" ? reason : "io";
    closed = true;
  };
  /** Writes all bytes, in as many parts as the host accepts. */
  const writeAll = (bytes: Uint8Array): Eventually<void> => {
    if (bytes.length === 0 || failure !== undefined) return undefined;
    return after(write(bytes), (written) =>
      written === 0n ? fail("insufficient-space") : writeAll(bytes.subarray(Number(written))),
    );
  };
  const send = async (sending: Promise<void>, bytes: number): Promise<void> => {
    await sending.catch(fail);
    waitingBytes -= bytes;
    notice.notify();
  };
  const sink: SharedSink = {
    copies: true,
    get room() {
      return closed ? 0 : ROOM_BYTES - waitingBytes;
    },
    get closed() {
      return closed;
    },
    get failure() {
      return failure;
    },
    offer(bytes) {
      if (closed) throw new Exception("disconnected", "File takes no more bytes");
      const taken = bytes.slice(0, Math.min(sink.room, PIECE_BYTES));
      const before = last;
      try {
        const sending = before === undefined ? writeAll(taken) : before.then(() => writeAll(taken));
        if (!(sending instanceof Promise)) return closed ? 0 : taken.length;
        waitingBytes += taken.length;
        const sent = send(sending, taken.length);
        last = sent;
        track(sent);
        void sent.then(() => {
          if (last === sent) last = undefined;
        });
        return taken.length;
      } catch (reason) {
        // A broken rule ends the guest.
        if (typeof reason !== "string") throw reason;
        fail(reason);
        return 0;
      }
    },
    hasRoom: (bytes) => sink.room >= bytes,
    async ready({ roomBytes = 1, signal } = {}) {
      signal?.throwIfAborted();
      while (!sink.hasRoom(roomBytes) && !sink.closed) await notice.wait({ signal });
    },
    async write(bytes, options) {
      for (let rest = bytes; rest.length > 0;) {
        await sink.ready(options);
        rest = rest.subarray(sink.offer(rest));
      }
    },
    close() {
      closed = true;
      notice.notify();
    },
    [Symbol.dispose]: () => sink.close(),
  };
  return sink;
}

/** Messages over a byte stream, in the standard framing. */
import { concatBytes, Exception, toException } from "#base";
import type { Duplex } from "#base";
import { createDeframer } from "#capnp";
import type { FrameReceiver, Transport } from "./transport.ts";

/** The largest frame that is accepted unless the owner of the connection says otherwise. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** How many of the largest frames may wait for a peer that does not read. */
const UNREAD_FRAMES = 4;
/** How much is asked of the stream at once, and gathered from small frames into one write. */
const PIECE_BYTES = 64 * 1024;

/**
 * A transport over a duplex, which it takes over.
 *
 * A peer that ends its stream in the middle of a message has simply gone: that is no error here.
 *
 * It ends when the peer lets messages pile up here by not reading them.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createStreamTransport(duplex: Duplex, limitBytes: number = LIMIT_BYTES): Transport {
  const stop = new AbortController();
  let unsent: Uint8Array[] = [];
  let sending = false;
  let unsentBytes = 0;
  let ended = false;
  let onClosed: ((reason?: Exception) => void) | undefined;

  const end = (reason?: Exception): void => {
    if (ended) return;
    ended = true;
    unsent = [];
    stop.abort(reason);
    duplex[Symbol.dispose]();
    onClosed?.(reason);
  };

  const pump = async (): Promise<void> => {
    try {
      while (unsent.length > 0) {
        const frames = unsent;
        unsent = [];
        for (const piece of gather(frames)) {
          const { length } = piece;
          await duplex.sink.write(piece, { signal: stop.signal });
          unsentBytes -= length;
        }
      }
    } catch (error) {
      end(toException(error, "disconnected"));
    } finally {
      sending = false;
    }
  };
  const receive = async (receiver: FrameReceiver): Promise<void> => {
    const deframer = createDeframer(limitBytes);
    try {
      for (;;) {
        const bytes = await duplex.source.read(PIECE_BYTES, { signal: stop.signal });
        if (bytes === undefined) break;
        for (const frame of deframer.push(bytes)) {
          if (ended) return;
          receiver.onFrame(frame);
        }
      }
      end();
    } catch (error) {
      if (!ended)
        end(
          error instanceof Exception && error.kind === "disconnected"
            ? undefined
            : toException(error),
        );
    }
  };

  return {
    send(frames) {
      if (ended) return;
      for (const frame of frames) {
        unsentBytes += frame.length;
        unsent.push(frame);
      }
      // Not now: whoever sends is in the middle of something.
      if (unsentBytes > UNREAD_FRAMES * limitBytes) queueMicrotask(() => end(unread(unsentBytes)));
      if (sending) return;
      sending = true;
      queueMicrotask(() => void pump()); // ends the transport itself when it fails
    },
    start(receiver) {
      onClosed = (reason) => receiver.onClosed(reason);
      void receive(receiver); // ends the transport itself when it fails
    },
    [Symbol.dispose]() {
      // What was sent before, an Abort above all, still leaves while there is room for it.
      const last = concatBytes(unsent);
      if (!ended && !duplex.sink.closed && last.length <= duplex.sink.room && last.length > 0) {
        duplex.sink.offer(last);
      }
      if (!ended) duplex.sink.close();
      onClosed = undefined;
      end();
    },
  };
}

function unread(bytes: number): Exception {
  return new Exception("overloaded", `Peer does not read: ${bytes} bytes wait for it`);
}

/** Small frames joined up to the size of a piece, so that a write carries many. */
function* gather(frames: readonly Uint8Array[]): Generator<Uint8Array> {
  let group: Uint8Array[] = [];
  let size = 0;
  for (const frame of frames) {
    if (size > 0 && size + frame.length > PIECE_BYTES) {
      yield concatBytes(group);
      group = [];
      size = 0;
    }
    group.push(frame);
    size += frame.length;
  }
  if (size > 0) yield concatBytes(group);
}

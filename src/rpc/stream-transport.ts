/** Messages over a byte stream, in the standard framing. */
import { concatBytes, Exception, toException } from "#base";
import type { Duplex } from "#base";
import { createDeframer } from "#capnp/wire";
import { unread } from "./limits.ts";
import type { FrameReceiver, Transport } from "./transport.ts";
import { afterMs } from "./turns.ts";

/** The largest frame that is accepted unless the owner of the connection says otherwise. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** How many of the largest frames may wait for a peer that does not read, if whoever sends does not wait. */
const UNREAD_FRAMES = 4;
/** How much is asked of the stream at once, and gathered from small frames into one write. */
const PIECE_BYTES = 64 * 1024;
/** How much may wait here; what a few large calls at a time make, for beyond it each frame costs a turn of its own. */
const ROOM_BYTES = 1024 * 1024;
/** How long the last words of either side are waited for: those of a peer that reads no more, and those to one that is slow. */
const LAST_WORDS_MS = 1000;
/** Where there are no timers. */
const LAST_WORDS_TURNS = 64;

/**
 * A transport over a duplex, which it takes over.
 *
 * A peer that ends its stream in the middle of a message has simply gone: that is no error here. One that reads no more may
 * still have said why, so what it has written is read before the end.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createStreamTransport(duplex: Duplex, limitBytes: number = LIMIT_BYTES): Transport {
  const stop = new AbortController();
  let unsent: Uint8Array[] = [];
  let unsentBytes = 0;
  /** Present while frames are written, or about to be. */
  let pumping = false;
  /** A piece is under way: what is offered now would land in the middle of it. */
  let writing = false;
  let room: PromiseWithResolvers<void> | undefined;
  /** Nothing can be written any more. */
  let deaf: Exception | undefined;
  let state: "open" | "closing" | "ended" = "open";
  /** The stream ends without having been closed: that it was cut is seen by a peer that reads no messages, too. */
  let isCut = false;
  let receiver: FrameReceiver | undefined;
  let stopWaiting: (() => void) | undefined;

  const dropUnsent = (): void => {
    unsent = [];
    unsentBytes = 0;
    room?.resolve();
    room = undefined;
  };
  const end = (): void => {
    if (state === "ended") return;
    state = "ended";
    stopWaiting?.();
    dropUnsent();
    stop.abort();
    duplex[Symbol.dispose]();
  };
  const close = (reason?: Exception): void => {
    if (state !== "open") return;
    const told = receiver;
    receiver = undefined;
    end();
    told?.onClosed(reason);
  };
  /** What has come cannot be read; the receiver may say so to the peer. */
  const refuse = (reason: Exception): void => {
    const told = receiver;
    receiver = undefined;
    isCut = true;
    told?.onClosed(reason);
    transport[Symbol.dispose]();
  };

  const pump = async (): Promise<void> => {
    try {
      while (unsent.length > 0) {
        const frames = unsent;
        unsent = [];
        for (const piece of gather(frames)) {
          const { length } = piece;
          writing = true;
          await duplex.sink.write(piece, { signal: stop.signal });
          writing = false;
          unsentBytes -= length;
          if (unsentBytes > ROOM_BYTES) continue;
          room?.resolve();
          room = undefined;
        }
      }
      pumping = false;
      if (state === "closing") finish();
    } catch (error) {
      if (state === "ended") return;
      if (state === "closing") return end();
      const reason = toException(error, "disconnected");
      deaf = reason;
      dropUnsent();
      stopWaiting = afterMs(LAST_WORDS_MS, () => close(reason), LAST_WORDS_TURNS);
    }
  };
  const finish = (): void => {
    if (!isCut) duplex.sink.close();
    end();
  };
  const receive = async (started: FrameReceiver): Promise<void> => {
    const deframer = createDeframer(limitBytes);
    try {
      for (;;) {
        const bytes = await duplex.source.read(PIECE_BYTES, { signal: stop.signal });
        if (bytes === undefined) break;
        for (const frame of deframer.push(bytes)) {
          if (state !== "open") return;
          const ready: unknown = started.onFrame(frame);
          if (ready instanceof Promise) await ready;
        }
      }
      close();
    } catch (error) {
      if (state !== "open") return;
      if (error instanceof Exception && error.kind === "disconnected") close();
      else refuse(toException(error));
    }
  };

  const transport: Transport = {
    send(frames) {
      if (state !== "open" || deaf !== undefined) return;
      for (const frame of frames) {
        unsentBytes += frame.length;
        unsent.push(frame);
      }
      // Not now: whoever sends is in the middle of something.
      if (unsentBytes > UNREAD_FRAMES * limitBytes)
        queueMicrotask(() => close(unread(unsentBytes)));
      if (!pumping) {
        pumping = true;
        queueMicrotask(() => void pump()); // deals with its failures itself
      }
      if (unsentBytes <= ROOM_BYTES) return;
      room ??= Promise.withResolvers();
      return room.promise;
    },
    start(started) {
      receiver = started;
      void receive(started); // deals with its failures itself
    },
    [Symbol.dispose]() {
      if (state !== "open") return;
      state = "closing";
      receiver = undefined;
      room?.resolve();
      if (deaf !== undefined || duplex.sink.closed) return end();
      if (!writing && unsentBytes <= duplex.sink.room) {
        if (unsentBytes > 0) duplex.sink.offer(concatBytes(unsent));
        return finish();
      }
      // What was sent, an Abort above all, still leaves if the peer reads it soon.
      stopWaiting = afterMs(LAST_WORDS_MS, end, LAST_WORDS_TURNS);
    },
  };
  return transport;
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

/** Transport over a byte stream, in the standard framing. */
import { concatBytes, Exception, toException } from "#base";
import type { Duplex } from "#base";
import { createDeframer } from "#capnp/wire";
import { unread } from "./limits.ts";
import type { FrameReceiver, Transport } from "./transport.ts";
import { afterMs } from "./turns.ts";

/** Default limit on the size of a frame. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** How many frames of maximal size may wait for a peer that does not read, if the sender ignores back-pressure. */
const UNREAD_FRAMES = 4;
/** Bytes of one read, and of small frames joined into one write. */
const PIECE_BYTES = 64 * 1024;
/**
 * Bytes that may wait before back-pressure. Enough for a few large concurrent calls: beyond it each frame costs a
 * turn.
 */
const ROOM_BYTES = 1024 * 1024;
/** How long the end is delayed for a last message, from a peer that has stopped reading or to a slow peer. */
const LINGER_MS = 1000;
/** The delay in microtasks, for engines without timers. */
const LINGER_TURNS = 64;

/**
 * Creates a transport over a duplex. Takes ownership of it.
 *
 * A stream that ends in the middle of a message means that the peer has disconnected, and is no error. A peer that
 * stopped reading may have said why, so its remaining output is read before the end.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createStreamTransport(duplex: Duplex, limitBytes: number = LIMIT_BYTES): Transport {
  const stop = new AbortController();
  let unsent: Uint8Array[] = [];
  let unsentBytes = 0;
  /** Whether frames are being written, or are about to be. */
  let pumping = false;
  /** A write is pending: an `offer` now would land in the middle of it. */
  let writing = false;
  let room: PromiseWithResolvers<void> | undefined;
  /** The reason why nothing more can be written. */
  let writeFailure: Exception | undefined;
  let state: "open" | "closing" | "ended" = "open";
  /** Ends the stream without a close, so that a peer that parses no messages notices the cut as well. */
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
    const closing = receiver;
    receiver = undefined;
    end();
    closing?.onClosed(reason);
  };
  /** Ends because the input is malformed; the receiver may tell the peer why. */
  const refuse = (reason: Exception): void => {
    const closing = receiver;
    receiver = undefined;
    isCut = true;
    closing?.onClosed(reason);
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
      writeFailure = reason;
      dropUnsent();
      stopWaiting = afterMs(LINGER_MS, () => close(reason), LINGER_TURNS);
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
      if (state !== "open" || writeFailure !== undefined) return;
      for (const frame of frames) {
        unsentBytes += frame.length;
        unsent.push(frame);
      }
      // Deferred, since the sender may be changing its tables.
      if (unsentBytes > UNREAD_FRAMES * limitBytes)
        queueMicrotask(() => close(unread(unsentBytes)));
      if (!pumping) {
        pumping = true;
        queueMicrotask(() => void pump()); // handles its own failures
      }
      if (unsentBytes <= ROOM_BYTES) return;
      room ??= Promise.withResolvers();
      return room.promise;
    },
    start(started) {
      receiver = started;
      void receive(started); // handles its own failures
    },
    [Symbol.dispose]() {
      if (state !== "open") return;
      state = "closing";
      receiver = undefined;
      room?.resolve();
      if (writeFailure !== undefined || duplex.sink.closed) return end();
      if (!writing && unsentBytes <= duplex.sink.room) {
        if (unsentBytes > 0) duplex.sink.offer(concatBytes(unsent));
        return finish();
      }
      // Messages sent before, in particular an Abort, are flushed if the peer reads them soon.
      stopWaiting = afterMs(LINGER_MS, end, LINGER_TURNS);
    },
  };
  return transport;
}

/** Joins small frames, so that one write carries many. */
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

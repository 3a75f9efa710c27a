/** A libp2p stream as a duplex. */
import { createInbox, createOutlet, Exception, toDuplex } from "#base";
import type { Duplex } from "#base";
import type { Stream } from "@libp2p/interface";
import { joinMessages } from "./join-messages.ts";

/** Unsent bytes that the stream may hold. */
const ROOM_BYTES = 64 * 1024;
/** Unread bytes at which the stream is paused; at half of them, it is resumed. */
const UNREAD_BYTES = 256 * 1024;

/**
 * Takes over the stream. Call it in the turn in which libp2p hands over the stream, or early messages are lost.
 *
 * A muxer without back-pressure, such as WebRTC's, cuts a stream whose reader pauses for long: put `createFlowDuplex` above.
 */
export function openStreamDuplex(stream: Stream): Duplex {
  joinMessages(stream);
  let isPaused = false;
  const inbox = createInbox({
    onTaken() {
      if (!isPaused || inbox.heldBytes > UNREAD_BYTES / 2) return;
      isPaused = false;
      // A stream that was cut meanwhile cannot be resumed.
      if (stream.readStatus === "paused") stream.resume();
    },
    onDisposed: () => void stream.closeRead().catch(() => undefined),
  });
  const outlet = createOutlet({
    // A stream that drains sends what it holds first, and may need to drain again.
    room: () => (stream.writableNeedsDrain ? 0 : ROOM_BYTES - stream.writeBufferLength),
    // libp2p cuts it into messages that the carrier takes.
    push: (bytes) => void stream.send(bytes),
    end(whole) {
      if (whole) void stream.close().catch(() => undefined);
      else stream.abort(new Exception("disconnected", "The stream was given up"));
    },
  });
  /** A peer may end its direction before its data has been read, and even before the stream is handed over. */
  let hasEnded = stream.status === "open" && stream.remoteWriteStatus === "closed";
  const endIfRead = (): void => {
    if (hasEnded && stream.readBufferLength === 0) inbox.end();
  };
  for (const event of ["drain", "idle"] as const) {
    stream.addEventListener(event, () => outlet.changed());
  }
  stream.addEventListener("message", ({ data }) => {
    inbox.push(data instanceof Uint8Array ? data.slice() : data.slice());
    endIfRead();
    if (isPaused || inbox.heldBytes <= UNREAD_BYTES || stream.readStatus !== "readable") return;
    isPaused = true;
    stream.pause();
  });
  stream.addEventListener("remoteCloseWrite", () => {
    hasEnded = true;
    // The event of the end precedes that of the data that came with it.
    queueMicrotask(endIfRead);
  });
  // Data that has already arrived is delivered in a microtask as well.
  queueMicrotask(endIfRead);
  stream.addEventListener("close", ({ error }) => {
    outlet.stop();
    if (error === undefined && hasEnded) return;
    const why = error === undefined ? "the connection has ended" : error.message;
    inbox.end(new Exception("disconnected", `Peer's stream was cut: ${why}`));
  });
  return toDuplex(inbox.source, outlet.sink);
}

/** A libp2p stream as a duplex. */
import { createInbox, createOutlet, Exception, toDuplex } from "#base";
import type { Duplex } from "#base";
import type { Stream } from "@libp2p/interface";
import { joinMessages } from "./join-messages.ts";

/** What the stream may hold of what it could not send yet. */
const ROOM_BYTES = 64 * 1024;
/** A reader that is this far behind pauses the stream, and resumes it at half. */
const UNREAD_BYTES = 256 * 1024;

/**
 * Takes over the stream. Attach it in the turn in which the stream was handed over, or early messages are lost.
 *
 * A reader that pauses for long is cut off by a muxer without back-pressure, as WebRTC's: put `createFlowDuplex` above.
 */
export function openStreamDuplex(stream: Stream): Duplex {
  joinMessages(stream);
  let isPaused = false;
  const inbox = createInbox({
    onTaken() {
      if (!isPaused || inbox.heldBytes > UNREAD_BYTES / 2) return;
      isPaused = false;
      // One that was cut meanwhile has nothing more.
      if (stream.readStatus === "paused") stream.resume();
    },
    onDisposed: () => void stream.closeRead().catch(() => undefined),
  });
  const outlet = createOutlet({
    // When the stream drains, it sends first what it holds, and may need to drain again.
    room: () => (stream.writableNeedsDrain ? 0 : ROOM_BYTES - stream.writeBufferLength),
    // libp2p cuts it into messages that the carrier takes.
    push: (bytes) => void stream.send(bytes),
    end(whole) {
      if (whole) void stream.close().catch(() => undefined);
      else stream.abort(new Exception("disconnected", "The stream was given up"));
    },
  });
  /** Peers may end their direction before all that they said has been read, and before the stream is handed over. */
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
    // The end comes before what came with it.
    queueMicrotask(endIfRead);
  });
  // What is there already comes in a microtask as well.
  queueMicrotask(endIfRead);
  stream.addEventListener("close", ({ error }) => {
    outlet.stop();
    if (error === undefined && hasEnded) return;
    const why = error === undefined ? "the connection has ended" : error.message;
    inbox.end(new Exception("disconnected", `Peer's stream was cut: ${why}`));
  });
  return toDuplex(inbox.source, outlet.sink);
}

/** A socket of Node as a duplex. */
import type { Socket } from "node:net";
import { createInbox, createOutlet, Exception, toDuplex } from "#base";
import type { Duplex } from "#base";

/** What is written at once before the socket says whether it takes more. */
const ROOM_BYTES = 64 * 1024;
/** A reader that is this far behind pauses the socket, and resumes it at half. */
const UNREAD_BYTES = 256 * 1024;

/**
 * Takes over the socket, which must stay open for writing when its far end stops (`allowHalfOpen`). A far end that stops
 * reading alone is not noticed: sockets do not say so.
 */
export function openSocketDuplex(socket: Socket): Duplex {
  let isBlocked = false;
  let isRead = true;
  let isWritten = true;
  const closeIfDone = (): void => {
    if (!isRead && !isWritten) socket.destroySoon();
  };
  const inbox = createInbox({
    onTaken() {
      if (socket.isPaused() && inbox.heldBytes <= UNREAD_BYTES / 2) socket.resume();
    },
    onDisposed() {
      isRead = false;
      socket.resume();
      closeIfDone();
    },
  });
  const outlet = createOutlet({
    room: () => (isBlocked ? 0 : ROOM_BYTES),
    push(bytes) {
      isBlocked = !socket.write(bytes);
    },
    end(whole) {
      isWritten = false;
      if (!whole) return void socket.destroy();
      socket.end();
      closeIfDone();
    },
  });
  socket.on("data", (bytes: Buffer) => {
    // Node may have cut it out of a larger piece, and readers own what they get.
    inbox.push(Uint8Array.from(bytes));
    if (isRead && inbox.heldBytes > UNREAD_BYTES) socket.pause();
  });
  socket.on("drain", () => {
    isBlocked = false;
    outlet.changed();
  });
  socket.on("end", () => {
    isRead = false;
    inbox.end();
    closeIfDone();
  });
  // `close` follows.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    outlet.stop();
    inbox.end(new Exception("disconnected", "The socket was cut"));
  });
  socket.resume();
  return toDuplex(inbox.source, outlet.sink);
}

/** A Node socket as a duplex. */
import type { Socket } from "node:net";
import { createInbox, createOutlet, Exception, toDuplex } from "#base";
import type { Duplex } from "#base";

/** The most that is written in one piece, after which the socket says whether it accepts more. */
const ROOM_BYTES = 64 * 1024;
/** Unread bytes at which the socket is paused; at half of them, it is resumed. */
const UNREAD_BYTES = 256 * 1024;

/**
 * Takes over the socket, which must stay open for writing when its far end has ended (`allowHalfOpen`). A far end that only
 * stops reading goes unnoticed, since sockets do not report that.
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
    // Copied: Node may have cut the bytes out of a larger buffer, and readers own what they get.
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

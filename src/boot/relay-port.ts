/** A port and a WebSocket made one: what comes from either goes out at the other, as `openSocketPort` sends it. */
import { LAST_MESSAGES, readSocketMessage, toSocketMessage } from "#base";

/**
 * Both are taken over; the far end of the port is told when the socket has closed. What the port gives before the socket is
 * open waits.
 */
export function relayPort(socket: WebSocket, port: MessagePort): void {
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => port.postMessage(readSocketMessage(data)));
  socket.addEventListener("close", () => {
    for (const message of LAST_MESSAGES) port.postMessage(message);
    port.close();
  });
  port.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    socket.send(toSocketMessage(data));
  });
  socket.addEventListener("open", () => port.start(), { once: true });
}

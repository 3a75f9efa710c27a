/** Forwards messages between a port and a WebSocket, in the encoding of `openSocketPort`. */
import { LAST_MESSAGES, readSocketMessage, toSocketMessage } from "#base";

/**
 * Takes ownership of both. When the socket closes, the far end of the port sees its end. Messages wait until the socket is
 * open.
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

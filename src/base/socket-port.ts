/** The messages of `openPortDuplex` over a WebSocket: bytes as binary messages, everything else as JSON. */
import { LAST_MESSAGES } from "./port-duplex.ts";
import type { DuplexPort } from "./port-duplex.ts";

/** The part of a WebSocket that is used; of browsers and of Node's `ws`. */
export interface SocketLike {
  binaryType: string;
  send(message: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: "message" | "close", listener: (event: object) => void): void;
}

/** An open socket as a port. Takes over the socket; the port's end closes it. */
export function openSocketPort(socket: SocketLike): DuplexPort {
  socket.binaryType = "arraybuffer";
  const port: DuplexPort = {
    onmessage: null,
    postMessage: (message) => socket.send(toSocketMessage(message)),
    close: () => socket.close(),
  };
  const deliver = (data: unknown): void => port.onmessage?.(new MessageEvent("message", { data }));
  socket.addEventListener("message", (event) => {
    deliver(readSocketMessage((event as { readonly data?: unknown }).data));
  });
  socket.addEventListener("close", () => LAST_MESSAGES.forEach(deliver));
  return port;
}

/** A message of a port as one of a socket. */
export function toSocketMessage(message: unknown): string | Uint8Array<ArrayBuffer> {
  return message instanceof Uint8Array
    ? (message as Uint8Array<ArrayBuffer>)
    : JSON.stringify(message);
}

/** A message of a socket as one of a port; `undefined` if it cannot be read. */
export function readSocketMessage(message: unknown): unknown {
  if (message instanceof ArrayBuffer) return new Uint8Array(message);
  try {
    return typeof message === "string" ? JSON.parse(message) : undefined;
  } catch {
    return undefined;
  }
}

/** Transport over a WebSocket: one binary message for each frame. */
import { Exception, toException } from "#base";
import { createDeframer } from "#capnp/wire";
import type { FrameReceiver, Transport } from "./transport.ts";
import { afterMs } from "./turns.ts";

/** Default limit on the size of a frame. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** Buffered bytes beyond which `send` asks for a pause. */
const ROOM_BYTES = 1024 * 1024;
/** Polling interval: a WebSocket has no event for buffered bytes. */
const POLL_MS = 5;
const OPEN = 1;

/** The part of the WebSocket interface that is used; browsers, Node and the package `ws` provide it. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { readonly wasClean: boolean; readonly reason: string }) => void,
  ): void;
}

/**
 * Creates a transport over a WebSocket that is open or connecting. Takes ownership of it.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createWebSocketTransport(
  socket: WebSocketLike,
  limitBytes: number = LIMIT_BYTES,
): Transport {
  const deframer = createDeframer(limitBytes);
  let receiver: FrameReceiver | undefined;
  let received: Uint8Array[] = [];
  let unsent: readonly Uint8Array[] = [];
  let state: "open" | "closing" | "ended" = "open";
  /** The end, if it came before `start`. */
  let end: { readonly reason: Exception | undefined } | undefined;

  const close = (reason: Exception | undefined): void => {
    if (state === "ended") return;
    const closing = receiver;
    receiver = undefined;
    end = { reason };
    if (state === "open") closing?.onClosed(reason);
    state = "ended";
    socket.close();
  };
  const receive = (bytes: Uint8Array): void => {
    try {
      for (const frame of deframer.push(bytes)) {
        void receiver?.onFrame(frame); // WebSockets have no back-pressure for input
      }
    } catch (error) {
      close(toException(error));
    }
  };
  const sendNow = (frames: readonly Uint8Array[]): void => {
    for (const frame of frames) socket.send(frame as Uint8Array<ArrayBuffer>);
  };

  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    sendNow(unsent);
    unsent = [];
    if (state === "closing") close(undefined);
  });
  socket.addEventListener("message", ({ data }) => {
    if (!(data instanceof ArrayBuffer)) {
      close(new Exception("failed", "Peer sent something other than a message"));
    } else if (receiver === undefined && state === "open") {
      received.push(new Uint8Array(data));
    } else {
      receive(new Uint8Array(data));
    }
  });
  socket.addEventListener("error", () => undefined); // `close` follows and gives the reason
  socket.addEventListener("close", ({ wasClean, reason }) => {
    const message = reason === "" ? "Peer disappeared without closing the connection" : reason;
    close(wasClean ? undefined : new Exception("disconnected", message));
  });

  return {
    send(frames) {
      if (state !== "open") return;
      if (socket.readyState === OPEN) sendNow(frames);
      else unsent = [...unsent, ...frames];
      return socket.bufferedAmount > ROOM_BYTES ? untilRoom(socket) : undefined;
    },
    start(started) {
      receiver = started;
      const waiting = received;
      received = [];
      queueMicrotask(() => {
        for (const bytes of waiting) receive(bytes);
        if (end !== undefined && receiver === started) started.onClosed(end.reason);
      });
    },
    [Symbol.dispose]() {
      if (state !== "open") return;
      receiver = undefined;
      state = "closing";
      // While connecting, frames are sent after `open`, before the close.
      if (unsent.length === 0) close(undefined);
    },
  };
}

function untilRoom(socket: WebSocketLike): Promise<void> {
  return new Promise((resolve) => {
    const poll = (): void => {
      if (socket.readyState !== OPEN || socket.bufferedAmount <= ROOM_BYTES) resolve();
      else afterMs(POLL_MS, poll);
    };
    afterMs(POLL_MS, poll);
  });
}

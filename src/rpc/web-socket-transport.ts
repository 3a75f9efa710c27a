/** Messages over a WebSocket: one binary message for each. */
import { Exception, toException } from "#base";
import { createDeframer } from "#capnp/wire";
import type { FrameReceiver, Transport } from "./transport.ts";
import { afterMs } from "./turns.ts";

/** The largest frame that is accepted unless the owner of the connection says otherwise. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** How much may wait to be sent before whoever sends is asked to wait. */
const ROOM_BYTES = 1024 * 1024;
/** A WebSocket does not tell when it has room again. */
const LOOK_MS = 5;
const OPEN = 1;

/** What is used of a WebSocket: that of browsers and of Node, and that of the package `ws`. */
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
 * A transport over a WebSocket, open already or about to be. Takes it over.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createWebSocketTransport(
  socket: WebSocketLike,
  limitBytes: number = LIMIT_BYTES,
): Transport {
  const deframer = createDeframer(limitBytes);
  let receiver: FrameReceiver | undefined;
  let early: Uint8Array[] = [];
  let unsent: readonly Uint8Array[] = [];
  let state: "open" | "closing" | "ended" = "open";
  /** What the receiver is told when there is one. */
  let end: { readonly reason: Exception | undefined } | undefined;

  const close = (reason: Exception | undefined): void => {
    if (state === "ended") return;
    const told = receiver;
    receiver = undefined;
    end = { reason };
    if (state === "open") told?.onClosed(reason);
    state = "ended";
    socket.close();
  };
  const receive = (bytes: Uint8Array): void => {
    try {
      for (const frame of deframer.push(bytes)) {
        void receiver?.onFrame(frame); // a WebSocket cannot hold its peer back
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
      close(new Exception("failed", "Peer sent something that is no message"));
    } else if (receiver === undefined && state === "open") {
      early.push(new Uint8Array(data));
    } else {
      receive(new Uint8Array(data));
    }
  });
  socket.addEventListener("error", () => undefined); // the end, which follows, says what it can
  socket.addEventListener("close", ({ wasClean, reason }) => {
    const words = reason === "" ? "Peer is gone without having closed the connection" : reason;
    close(wasClean ? undefined : new Exception("disconnected", words));
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
      const waiting = early;
      early = [];
      queueMicrotask(() => {
        for (const bytes of waiting) receive(bytes);
        if (end !== undefined && receiver === started) started.onClosed(end.reason);
      });
    },
    [Symbol.dispose]() {
      if (state !== "open") return;
      receiver = undefined;
      state = "closing";
      // One that is about to open sends its last words first.
      if (unsent.length === 0) close(undefined);
    },
  };
}

function untilRoom(socket: WebSocketLike): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (socket.readyState !== OPEN || socket.bufferedAmount <= ROOM_BYTES) resolve();
      else afterMs(LOOK_MS, look);
    };
    afterMs(LOOK_MS, look);
  });
}

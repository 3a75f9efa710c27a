/** Transport over a MessagePort or a worker: small messages are joined, large ones transferred. */
import { concatBytes, createStayAwake, Exception, toException } from "#base";
import type { DuplexPort } from "#base";
import { createDeframer, MessageSpace } from "#capnp/wire";
import type { FrameReceiver, Transport } from "./transport.ts";

/** Frames of this size or more are transferred, each in its own post. */
const TRANSFER_BYTES = 8 * 1024;
/** Default limit on the size of a frame. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Creates a transport over a port whose far end uses the same function. Takes ownership of the port.
 *
 * Each post holds whole frames, or is a buffer that the far end can build messages in; `null` marks the end. If the
 * far end disappears without posting `null`, Node closes the port, but Chromium 156 does not: there only the worker's
 * owner knows that it has terminated the worker, and calls hang unless `gone` fires.
 *
 * @param limitBytes the largest frame that is accepted
 * @param gone fires when the far end has disappeared
 */
export function createPortTransport(
  port: DuplexPort,
  limitBytes: number = LIMIT_BYTES,
  gone?: AbortSignal,
): Transport {
  let ended = false;
  let receiver: FrameReceiver | undefined;
  const awake = createStayAwake();
  const space = new MessageSpace((surplus) => port.postMessage(surplus, [surplus]));

  /** The receiver is notified before the port closes, so that it can send an Abort. */
  const close = (reason?: Exception): void => {
    const closing = receiver;
    receiver = undefined;
    closing?.onClosed(reason);
    transport[Symbol.dispose]();
  };
  /** A message, or something that cannot be received in this thread. */
  const onForeign = (): void =>
    close(new Exception("failed", "Peer sent something other than a message"));
  const onGone = (): void => close(new Exception("disconnected", PEER_GONE));

  const transport: Transport = {
    space,
    send(frames) {
      if (ended) return;
      const small: Uint8Array[] = [];
      const postSmall = (): void => {
        if (small.length === 0) return;
        const bytes = concatBytes(small.splice(0));
        // Cloning a view would copy its whole buffer.
        port.postMessage(bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice());
        awake.sent(bytes.length);
      };
      for (const frame of frames) {
        if (frame.length >= TRANSFER_BYTES) {
          postSmall();
          port.postMessage(frame, [frame.buffer]);
        } else {
          small.push(frame);
        }
      }
      postSmall();
    },
    start(started) {
      receiver = started;
      const deframer = createDeframer(limitBytes);
      port.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (data === null) return close();
        if (data instanceof ArrayBuffer) return void space.keep(data);
        if (!(data instanceof Uint8Array)) return onForeign();
        awake.arrived(data.length);
        try {
          for (const frame of deframer.push(data)) {
            // A transferred frame that was posted alone.
            const isAlone = frame === data && frame.length >= TRANSFER_BYTES;
            void receiver?.onFrame(frame, isAlone); // ports have no back-pressure
          }
        } catch (error) {
          close(toException(error));
        }
      };
      if (typeof EventTarget === "function" && port instanceof EventTarget) {
        port.addEventListener("close", onGone);
        port.addEventListener("messageerror", onForeign);
      }
      if (gone?.aborted === true) queueMicrotask(onGone);
      else gone?.addEventListener("abort", onGone, { once: true });
    },
    [Symbol.dispose]() {
      if (ended) return;
      ended = true;
      receiver = undefined;
      port.onmessage = null;
      port.postMessage(null);
      port.close();
      awake[Symbol.dispose]();
      gone?.removeEventListener("abort", onGone);
    },
  };
  return transport;
}

const PEER_GONE = "Peer disappeared without closing the connection";

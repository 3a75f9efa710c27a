/** Messages over a MessagePort or a worker: small ones joined, large ones moved. */
import { concatBytes, createStayAwake, Exception, toException } from "#base";
import type { DuplexPort } from "#base";
import { createDeframer } from "#capnp/wire";
import type { FrameReceiver, Transport } from "./transport.ts";

/** From this size on a frame is moved instead of copied, in a post of its own. */
const TRANSFER_BYTES = 8 * 1024;
/** The largest frame that is accepted unless the owner of the connection says otherwise. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * A transport over a port whose far end is opened by the same function. Takes over the port.
 *
 * A post is whole frames, one after the other; `null` is the end. A far end that is gone without having posted that is found
 * where the engine says so of its MessagePorts: Node does, Chromium 156 does not. There only the owner of a worker knows that
 * it has ended it, and calls hang unless it says so.
 *
 * @param limitBytes the largest frame that is accepted
 * @param gone fires when the far end is no more, without having said so
 */
export function createPortTransport(
  port: DuplexPort,
  limitBytes: number = LIMIT_BYTES,
  gone?: AbortSignal,
): Transport {
  let ended = false;
  let receiver: FrameReceiver | undefined;
  const awake = createStayAwake();

  const end = (): void => {
    if (ended) return;
    ended = true;
    port.onmessage = null;
    port.close();
    awake[Symbol.dispose]();
    gone?.removeEventListener("abort", onGone);
  };
  /** The receiver hears of the end before it is here, and may send its last word from inside. */
  const close = (reason?: Exception): void => {
    const told = receiver;
    receiver = undefined;
    port.onmessage = null;
    told?.onClosed(reason);
    end();
  };
  const refuse = (reason: Exception): void => {
    if (ended) return;
    const told = receiver;
    receiver = undefined;
    told?.onClosed(reason);
    transport[Symbol.dispose]();
  };
  const onGone = (): void => {
    if (!ended) close(new Exception("disconnected", PEER_GONE));
  };

  const transport: Transport = {
    send(frames) {
      if (ended) return;
      let small: Uint8Array[] = [];
      const postSmall = (): void => {
        if (small.length > 0) {
          const bytes = toWhole(concatBytes(small));
          port.postMessage(bytes);
          awake.sent(bytes.length);
        }
        small = [];
      };
      for (const frame of frames) {
        if (frame.length < TRANSFER_BYTES) {
          small.push(frame);
        } else {
          postSmall();
          port.postMessage(frame, [frame.buffer]);
        }
      }
      postSmall();
    },
    start(started) {
      receiver = started;
      const deframer = createDeframer(limitBytes);
      port.onmessage = ({ data }: MessageEvent<unknown>) => {
        awake.arrived();
        if (data === null) return close();
        if (!(data instanceof Uint8Array)) {
          return refuse(new Exception("failed", "Peer sent something that is no message"));
        }
        try {
          for (const frame of deframer.push(data)) {
            // Moved, and all that was posted.
            const isAlone = frame === data && frame.length >= TRANSFER_BYTES;
            void receiver?.onFrame(frame, isAlone); // a port cannot hold its peer back
          }
        } catch (error) {
          refuse(toException(error));
        }
      };
      if (typeof EventTarget === "function" && port instanceof EventTarget) {
        port.addEventListener("close", onGone);
        port.addEventListener("messageerror", () =>
          refuse(new Exception("failed", "Peer sent something that cannot be received here")),
        );
      }
      if (gone?.aborted === true) queueMicrotask(onGone);
      else gone?.addEventListener("abort", onGone, { once: true });
    },
    [Symbol.dispose]() {
      if (ended) return;
      port.postMessage(null);
      receiver = undefined;
      end();
    },
  };
  return transport;
}

const PEER_GONE = "Peer is gone without having closed the connection";

/** A part of a buffer would be cloned with all of it. */
function toWhole(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
}

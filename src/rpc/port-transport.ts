/** Messages over a MessagePort or a worker: small ones joined, large ones moved. */
import { concatBytes, createStayAwake, Exception, toException } from "#base";
import type { DuplexPort } from "#base";
import { createDeframer } from "#capnp";
import type { FrameReceiver, Transport } from "./transport.ts";

/** From this size on a frame is moved instead of copied, in a post of its own. */
const TRANSFER_BYTES = 8 * 1024;
/** The largest frame that is accepted unless the owner of the connection says otherwise. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * A transport over a port whose far end is opened by the same function. Takes over the port.
 *
 * A post is whole frames, one after the other; `null` is the end.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createPortTransport(port: DuplexPort, limitBytes: number = LIMIT_BYTES): Transport {
  let ended = false;
  let receiver: FrameReceiver | undefined;
  const awake = createStayAwake();

  const end = (reason?: Exception): void => {
    if (ended) return;
    ended = true;
    port.onmessage = null;
    port.close();
    awake[Symbol.dispose]();
    receiver?.onClosed(reason);
  };

  return {
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
        if (data === null) return end();
        if (!(data instanceof Uint8Array)) {
          return end(new Exception("failed", "Peer sent something that is no message"));
        }
        try {
          for (const frame of deframer.push(data)) {
            // Moved, and all that was posted.
            const isAlone = frame === data && frame.length >= TRANSFER_BYTES;
            if (!ended) started.onFrame(frame, isAlone);
          }
        } catch (error) {
          end(toException(error));
        }
      };
    },
    [Symbol.dispose]() {
      if (ended) return;
      port.postMessage(null);
      receiver = undefined;
      end();
    },
  };
}

/** A part of a buffer would be cloned with all of it. */
function toWhole(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
}

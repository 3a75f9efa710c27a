/** Messages over a MessagePort or a worker: small ones joined, the smallest as text, large ones moved. */
import { concatBytes, Exception, toException } from "#base";
import type { DuplexPort } from "#base";
import { createDeframer } from "#capnp";
import { TEXT_BYTES, TextReader, toText } from "./post-text.ts";
import type { FrameReceiver, Transport } from "./transport.ts";

/** From this size on a frame is moved instead of copied, in a post of its own. */
const TRANSFER_BYTES = 8 * 1024;
/** The largest frame that is accepted unless the owner of the connection says otherwise. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * A transport over a port whose far end is opened by the same function. Takes over the port.
 *
 * A post is whole frames, one after the other, as bytes or as text; `null` is the end.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createPortTransport(port: DuplexPort, limitBytes: number = LIMIT_BYTES): Transport {
  let ended = false;
  let receiver: FrameReceiver | undefined;

  const end = (reason?: Exception): void => {
    if (ended) return;
    ended = true;
    port.onmessage = null;
    port.close();
    receiver?.onClosed(reason);
  };

  return {
    send(frames) {
      if (ended) return;
      let small: Uint8Array[] = [];
      const postSmall = (): void => {
        if (small.length > 0) port.postMessage(toPost(small));
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
      const texts = new TextReader();
      port.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (data === null) return end();
        const bytes = typeof data === "string" ? texts.toBytes(data) : data;
        if (!(bytes instanceof Uint8Array)) {
          return end(new Exception("failed", "Peer sent something that is no message"));
        }
        try {
          for (const frame of deframer.push(bytes)) {
            // Moved, and all that was posted.
            const isAlone = frame === bytes && frame.length >= TRANSFER_BYTES;
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

function toPost(frames: readonly Uint8Array[]): Uint8Array | string {
  let sizeBytes = 0;
  for (const frame of frames) sizeBytes += frame.length;
  if (sizeBytes <= TEXT_BYTES) return toText(frames);
  const bytes = concatBytes(frames);
  // A part of a buffer would be cloned with all of it.
  return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
}

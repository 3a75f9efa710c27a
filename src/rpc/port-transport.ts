/** Messages over a MessagePort or a worker: batched per microtask, large ones transferred. */
import { Exception } from "#base";
import type { DuplexPort } from "#base";
import type { FrameReceiver, Transport } from "./transport.ts";

/** From this size on a frame is moved instead of copied. */
const TRANSFER_BYTES = 8 * 1024;

/**
 * A transport over a port whose far end is opened by the same function. Takes over the port.
 *
 * A message is a list of frames; `null` is the end.
 */
export function createPortTransport(port: DuplexPort): Transport {
  let outgoing: Uint8Array[] = [];
  let ended = false;
  let receiver: FrameReceiver | undefined;

  const flush = (): void => {
    if (outgoing.length === 0) return;
    const frames = outgoing;
    outgoing = [];
    const moved = frames.filter((frame) => frame.length >= TRANSFER_BYTES);
    port.postMessage(
      frames,
      moved.map((frame) => frame.buffer),
    );
  };
  const end = (reason?: Exception): void => {
    if (ended) return;
    ended = true;
    port.onmessage = null;
    port.close();
    receiver?.onClosed(reason);
  };

  return {
    send(frame) {
      if (ended) return;
      if (outgoing.push(frame) === 1) queueMicrotask(flush);
    },
    start(started) {
      receiver = started;
      port.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (data === null) return end();
        if (!Array.isArray(data) || !data.every((frame) => frame instanceof Uint8Array)) {
          return end(new Exception("failed", "Peer sent something that is no list of messages"));
        }
        for (const frame of data) if (!ended) started.onFrame(frame);
      };
    },
    [Symbol.dispose]() {
      if (ended) return;
      flush();
      port.postMessage(null);
      receiver = undefined;
      end();
    },
  };
}

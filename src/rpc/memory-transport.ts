/** A pair of connected transports in one event loop. */
import type { FrameReceiver, Transport } from "./transport.ts";

/** Creates the pair. A frame arrives one microtask after it was sent. */
export function createMemoryTransports(): [Transport, Transport] {
  const left = createEnd();
  const right = createEnd();
  left.peer = right;
  right.peer = left;
  return [left, right];
}

interface End extends Transport {
  peer: End | undefined;
  deliver(event: (receiver: FrameReceiver) => void): void;
}

function createEnd(): End {
  let receiver: FrameReceiver | undefined;
  let waiting: ((receiver: FrameReceiver) => void)[] = [];
  let open = true;
  const end: End = {
    peer: undefined,
    send(frames) {
      if (!open) return;
      for (const frame of frames) end.peer?.deliver((peer) => void peer.onFrame(frame));
    },
    start(started) {
      receiver = started;
      for (const event of waiting.splice(0)) end.deliver(event);
    },
    deliver(event) {
      if (receiver === undefined) {
        waiting.push(event);
        return;
      }
      queueMicrotask(() => {
        if (open && receiver !== undefined) event(receiver);
      });
    },
    [Symbol.dispose]() {
      if (!open) return;
      open = false;
      waiting = [];
      end.peer?.deliver((peer) => peer.onClosed());
    },
  };
  return end;
}

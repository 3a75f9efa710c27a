/** Transports that deliver frames on demand. */
import type { FrameReceiver, Transport } from "#rpc";

export interface HeldTransports {
  readonly ends: readonly [Transport, Transport];
  /** Delivers the next frame at an end. @returns whether there was one */
  deliver(at: 0 | 1): boolean;
}

export function createHeldTransports(): HeldTransports {
  const queues: [((receiver: FrameReceiver) => void)[], ((receiver: FrameReceiver) => void)[]] = [
    [],
    [],
  ];
  const receivers: [FrameReceiver | undefined, FrameReceiver | undefined] = [undefined, undefined];
  const open = [true, true];

  const createEnd = (own: 0 | 1, far: 0 | 1): Transport => ({
    send(frames) {
      if (open[own] !== true) return;
      for (const frame of frames) {
        const copy = frame.slice();
        queues[far].push((receiver) => void receiver.onFrame(copy));
      }
    },
    start(receiver) {
      receivers[own] = receiver;
    },
    [Symbol.dispose]() {
      if (open[own] !== true) return;
      open[own] = false;
      queues[far].push((receiver) => receiver.onClosed());
    },
  });
  return {
    ends: [createEnd(0, 1), createEnd(1, 0)],
    deliver(at) {
      const event = queues[at].shift();
      const receiver = receivers[at];
      if (event !== undefined && receiver !== undefined && open[at] === true) event(receiver);
      return event !== undefined;
    },
  };
}

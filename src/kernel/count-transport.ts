/** What a process says to the kernel and hears from it, counted. */
import type { FrameReceiver, Transport } from "#rpc";

export interface FrameCounts {
  receivedMessages: number;
  receivedBytes: number;
  sentMessages: number;
  sentBytes: number;
}

/** The same transport, which it takes over; the counts change as messages pass. */
export function countTransport(transport: Transport): [Transport, Readonly<FrameCounts>] {
  const counts: FrameCounts = {
    receivedMessages: 0,
    receivedBytes: 0,
    sentMessages: 0,
    sentBytes: 0,
  };
  const counted: Transport = {
    send(frames) {
      counts.sentMessages += frames.length;
      // Frames that were sent may have been moved away.
      for (const frame of frames) counts.sentBytes += frame.length;
      return transport.send(frames);
    },
    start(receiver) {
      const counting: FrameReceiver = {
        onFrame(frame, isAlone) {
          counts.receivedMessages++;
          counts.receivedBytes += frame.length;
          return receiver.onFrame(frame, isAlone);
        },
        onClosed: (reason) => receiver.onClosed(reason),
      };
      transport.start(counting);
    },
    [Symbol.dispose]: () => transport[Symbol.dispose](),
  };
  return [counted, counts];
}

/** Counts the messages between a process and the kernel. */
import type { FrameReceiver, Transport } from "#rpc";

export interface FrameCounts {
  receivedMessages: number;
  receivedBytes: number;
  sentMessages: number;
  sentBytes: number;
}

/** Wraps a transport, taking ownership of it; the counts are live. */
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
      // Counted before sending, which may transfer the frames away.
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

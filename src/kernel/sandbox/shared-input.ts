/**
 * One input stream of several processes. It goes to the live process that joined last, as a terminal's input goes to the
 * foreground process.
 */
import { createNotice, Exception } from "#base";
import type { ByteSink } from "#base";

export interface SharedInput extends Pick<ByteSink, "write" | "close" | "closed" | "copies"> {
  /** Makes the sink the latest one, until its process has ended. Takes ownership of the sink. */
  join(sink: ByteSink, ended: Promise<unknown>): void;
  /** Closes the latest open sink. */
  endLatest(): void;
}

export function createSharedInput(): SharedInput {
  const notice = createNotice();
  let sinks: ByteSink[] = [];
  let hasJoined = false;
  let isClosed = false;

  const findOpen = (): ByteSink | undefined => sinks.findLast((sink) => !sink.closed);
  return {
    copies: true,
    get closed() {
      return isClosed || (hasJoined && sinks.length === 0);
    },
    join(sink, ended) {
      sinks.push(sink);
      hasJoined = true;
      if (isClosed) sink.close();
      // A write that waits because all other sinks are closed goes on with this one.
      notice.notify();
      void ended.then(() => {
        sinks = sinks.filter((other) => other !== sink);
        notice.notify();
      });
    },
    async write(bytes, { signal } = {}) {
      for (let rest = bytes; rest.length > 0;) {
        signal?.throwIfAborted();
        if (isClosed || sinks.length === 0) {
          throw new Exception("failed", "Cannot write: the stream is closed");
        }
        const sink = findOpen();
        if (sink === undefined) {
          // All sinks are closed; wait until a process ends, or this stream is closed.
          await notice.wait({ signal });
          continue;
        }
        const room = sink.room;
        if (room > 0) {
          rest = rest.subarray(sink.offer(rest.slice(0, room)));
          continue;
        }
        const done = new AbortController();
        const either = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]);
        try {
          await Promise.race([sink.ready({ signal: either }), notice.wait({ signal: either })]);
        } finally {
          done.abort("written");
        }
      }
    },
    endLatest: () => findOpen()?.close(),
    close() {
      isClosed = true;
      for (const sink of sinks) sink.close();
      notice.notify();
    },
  };
}

/**
 * One stream of input of several processes: it goes to the latest of those alive that have joined, as a terminal's goes to
 * what runs in the foreground.
 */
import { createNotice, Exception } from "#base";
import type { ByteSink } from "#base";

export interface SharedInput extends Pick<ByteSink, "write" | "close" | "closed" | "copies"> {
  /** The sink is the latest until the promise resolves; taken over. */
  join(sink: ByteSink, ended: Promise<unknown>): void;
  /** The latest gets no more. */
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
          // The latest reads no more; one below may be the latest soon.
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

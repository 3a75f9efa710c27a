/**
 * One output stream of several processes: the one it was opened for, and those that inherit it. It ends when all of them
 * have ended.
 */
import { createNotice } from "#base";
import type { ByteSource } from "#base";

export interface MergedOutput extends Pick<ByteSource, "read">, Disposable {
  /** Adds the output of a process. Takes ownership of the source. */
  add(source: ByteSource): void;
  /** Inserts text that no process wrote, such as an echo, ahead of unread output. */
  insert(bytes: Uint8Array): void;
}

/** Maximum of unread inserted text; more is dropped, as terminals drop echoes. */
const INSERTED_BYTES = 64 * 1024;

export function createMergedOutput(): MergedOutput {
  const notice = createNotice();
  let sources: ByteSource[] = [];
  let inserted: Uint8Array[] = [];
  let insertedBytes = 0;
  let isClosed = false;

  const takeInserted = (limitBytes: number): Uint8Array | undefined => {
    const first = inserted.shift();
    if (first === undefined) return undefined;
    const bytes = first.subarray(0, limitBytes);
    if (bytes.length < first.length) inserted.unshift(first.subarray(bytes.length));
    insertedBytes -= bytes.length;
    return bytes;
  };
  /** Bytes from the next source that has some, round robin. A source that fails counts as ended. */
  const takeAny = (limitBytes: number): Uint8Array | undefined => {
    for (const source of sources) {
      let bytes: Uint8Array | undefined;
      try {
        bytes = source.take(limitBytes);
      } catch {
        // The writer disconnected before the end of the stream.
      }
      if (bytes !== undefined && bytes.length > 0) {
        sources = [...sources.filter((other) => other !== source), source];
        return bytes;
      }
      if (bytes === undefined || source.ended) {
        sources = sources.filter((other) => other !== source);
        source[Symbol.dispose]();
      }
    }
    return undefined;
  };
  return {
    add(source) {
      if (isClosed) return source[Symbol.dispose]();
      sources.push(source);
      notice.notify();
    },
    insert(bytes) {
      if (isClosed || insertedBytes > INSERTED_BYTES) return;
      inserted.push(bytes);
      insertedBytes += bytes.length;
      notice.notify();
    },
    async read(limitBytes, { signal } = {}) {
      for (;;) {
        signal?.throwIfAborted();
        const bytes = takeInserted(limitBytes) ?? takeAny(limitBytes);
        if (bytes !== undefined) return bytes;
        if (isClosed || sources.length === 0) return undefined;
        const done = new AbortController();
        const either = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]);
        try {
          await Promise.race(
            sources
              .map((source) => source.ready({ signal: either }))
              .concat(notice.wait({ signal: either })),
          );
        } finally {
          done.abort("read");
        }
      }
    },
    [Symbol.dispose]() {
      isClosed = true;
      inserted = [];
      for (const source of sources) source[Symbol.dispose]();
      sources = [];
      notice.notify();
    },
  };
}

/** A byte pipe in memory, bounded by its capacity, and the parts that other pipes are made of. */
import { concatBytes } from "./bytes.ts";
import { readNext, requireLimit, writeAll } from "./duplex.ts";
import type { ByteSink, ByteSource, Duplex } from "./duplex.ts";
import { Exception } from "./exception.ts";
import { createNotice } from "./notice.ts";

/** Chunks up to this size are joined while they wait: each array takes some 200 bytes beside its own. */
const SHORT_BYTES = 256;
const NONE = new Uint8Array(0);
/** Size of the arrays that short chunks are joined in. */
const JOINED_BYTES = 1024;
/** `take` joins chunks up to this size: a whole window of a stream, so that `gatherReads` copies nothing again. */
const GATHERED_BYTES = 64 * 1024;

export interface Pipe {
  readonly source: ByteSource;
  readonly sink: ByteSink;
}

/** A pipe that holds at most `capacityBytes` unread bytes. */
export function createPipe(capacityBytes: number): Pipe {
  const inbox = createInbox({ onTaken: () => outlet.changed(), onDisposed: () => outlet.stop() });
  const outlet = createOutlet({
    room: () => capacityBytes - inbox.heldBytes,
    push: (bytes) => inbox.push(bytes),
    end: (whole) => inbox.end(whole ? undefined : writerGone()),
  });
  return { source: inbox.source, sink: outlet.sink };
}

/** Two duplexes, each the other's far end, with pipes of `capacityBytes` each way. */
export function createDuplexPair(capacityBytes: number): [Duplex, Duplex] {
  const there = createPipe(capacityBytes);
  const back = createPipe(capacityBytes);
  return [toDuplex(back.source, there.sink), toDuplex(there.source, back.sink)];
}

export function toDuplex(source: ByteSource, sink: ByteSink): Duplex {
  return {
    source,
    sink,
    [Symbol.dispose]() {
      source[Symbol.dispose]();
      sink[Symbol.dispose]();
    },
  };
}

export function writerGone(): Exception {
  return new Exception("disconnected", "Stream was cut before its end");
}

/** The reading end, fed by `push` and `end`. */
export interface Inbox {
  readonly source: ByteSource;
  readonly heldBytes: number;
  push(bytes: Uint8Array): void;
  /** Ends the stream; with a failure, reads throw it once they have taken the bytes before it. */
  end(failure?: Exception): void;
}

export function createInbox(listener: { onTaken(bytes: number): void; onDisposed(): void }): Inbox {
  const notice = createNotice();
  let chunks: Uint8Array[] = [];
  let first = 0;
  let heldBytes = 0;
  let state: "open" | "ended" | Exception = "open";
  /** The array that short chunks are joined in; the last chunk is a view of it, up to `joinedBytes`. */
  let joined = NONE;
  let joinedBytes = 0;

  /** Joins a short chunk to the last one; returns whether it has. */
  const joinLast = (bytes: Uint8Array): boolean => {
    const last = first < chunks.length ? chunks.at(-1) : undefined;
    if (last === undefined || bytes.length > SHORT_BYTES) return false;
    const isOwn = last.buffer === joined.buffer && last.byteOffset + last.length === joinedBytes;
    let start = last.byteOffset;
    if (!isOwn || joinedBytes + bytes.length > JOINED_BYTES) {
      if (last.length > SHORT_BYTES) return false;
      joined = new Uint8Array(JOINED_BYTES);
      joined.set(last);
      joinedBytes = last.length;
      start = 0;
    }
    joined.set(bytes, joinedBytes);
    joinedBytes += bytes.length;
    chunks[chunks.length - 1] = joined.subarray(start, joinedBytes);
    return true;
  };
  /** Takes bytes of the first chunk only. */
  const takeChunk = (chunk: Uint8Array, limitBytes: number): Uint8Array => {
    let bytes = chunk;
    if (chunk.length > limitBytes) {
      bytes = chunk.subarray(0, limitBytes);
      chunks[first] = chunk.subarray(limitBytes);
    } else if (++first === chunks.length) {
      chunks = [];
      first = 0;
    } else if (first > 1024) {
      chunks = chunks.slice(first);
      first = 0;
    }
    heldBytes -= bytes.length;
    return bytes;
  };
  const source: ByteSource = {
    take(limitBytes) {
      requireLimit(limitBytes);
      const chunk = chunks[first];
      if (chunk === undefined) {
        if (state instanceof Exception) throw state;
        return new Uint8Array(0);
      }
      const parts = [takeChunk(chunk, limitBytes)];
      let length = parts[0]?.length ?? 0;
      // Joins small chunks: taken one by one, they would free so little room that the next ones are smaller still.
      while (length < GATHERED_BYTES && length < limitBytes) {
        const next = chunks[first];
        if (next === undefined) break;
        const part = takeChunk(next, limitBytes - length);
        parts.push(part);
        length += part.length;
      }
      listener.onTaken(length);
      return concatBytes(parts);
    },
    get ended() {
      return state === "ended" && heldBytes === 0;
    },
    async ready(options) {
      options?.signal?.throwIfAborted();
      if (heldBytes === 0 && state === "open") await notice.wait(options);
    },
    read: (limitBytes, options) => readNext(source, limitBytes, options),
    [Symbol.dispose]() {
      if (state === "ended" && heldBytes === 0) return;
      const open = state === "open";
      state = "ended";
      chunks = [];
      first = 0;
      heldBytes = 0;
      if (open) listener.onDisposed();
      notice.notify();
    },
  };

  return {
    source,
    get heldBytes() {
      return heldBytes;
    },
    push(bytes) {
      if (state !== "open" || bytes.length === 0) return;
      if (!joinLast(bytes)) chunks.push(bytes);
      heldBytes += bytes.length;
      notice.notify();
    },
    end(failure) {
      if (state !== "open") return;
      state = failure ?? "ended";
      notice.notify();
    },
  };
}

/** The writing end: the carrier decides how much fits, where bytes go and what an end does. */
export interface Outlet {
  readonly sink: ByteSink;
  /** There may be more room now. */
  changed(): void;
  /** The reader is gone. */
  stop(): void;
}

export function createOutlet(carrier: {
  room(): number;
  push(bytes: Uint8Array): void;
  /** `whole` is true when the writer closed the stream, false when it disconnected. */
  end(whole: boolean): void;
}): Outlet {
  const notice = createNotice();
  let closed = false;

  const stop = (): void => {
    closed = true;
    notice.notify();
  };
  const sink: ByteSink = {
    copies: false,
    get room() {
      return closed ? 0 : Math.max(0, carrier.room());
    },
    get closed() {
      return closed;
    },
    offer(bytes) {
      if (closed) throw new Exception("disconnected", "Stream takes no more bytes");
      const taken = Math.min(sink.room, bytes.length);
      if (taken > 0) carrier.push(taken === bytes.length ? bytes : bytes.subarray(0, taken));
      return taken;
    },
    hasRoom: (bytes) => sink.room >= bytes,
    async ready({ roomBytes = 1, signal } = {}) {
      signal?.throwIfAborted();
      while (!sink.hasRoom(roomBytes) && !sink.closed) await notice.wait({ signal });
    },
    write: (bytes, options) => writeAll(sink, bytes, options),
    close() {
      if (closed) return;
      stop();
      carrier.end(true);
    },
    [Symbol.dispose]() {
      if (closed) return;
      stop();
      carrier.end(false);
    },
  };
  return { sink, changed: () => notice.notify(), stop };
}

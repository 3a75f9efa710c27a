/** A file written from front to back as a byte sink. */
import { createNotice, Exception } from "#base";
import type { ByteSink, FileRefusal } from "#base";
import type { Files } from "./files.ts";
import type { FileNode } from "./node.ts";

export interface FileSink extends ByteSink {
  /** The refusal that ended it; `undefined` while it is open, or when it was closed. */
  readonly failure: FileRefusal | undefined;
}

/** The largest `room` that it reports. */
const ROOM_BYTES = 1024 * 1024;

/**
 * Writes to the file from `offset` on; without an offset, always at its end.
 *
 * Accepted bytes can be read from the file at once.
 */
export function createFileSink(files: Files, file: FileNode, offset?: number): FileSink {
  const notice = createNotice();
  const stop = new AbortController();
  const { content } = file;
  let position = offset;
  let closed = false;
  let fetching = false;
  let failure: FileRefusal | undefined;

  const end = (code?: FileRefusal): void => {
    failure ??= code;
    closed = true;
    notice.notify();
  };
  /** Prepares the page at that offset for a write: fetches it if need be, and makes room. */
  const fetchPage = (at: number): void => {
    if (fetching) return;
    const refusal = content.prepare(at, 1, { signal: stop.signal });
    if (!(refusal instanceof Promise)) {
      if (refusal !== undefined) end(refusal);
      return;
    }
    fetching = true;
    void refusal.then((failed) => {
      fetching = false;
      if (failed === undefined) notice.notify();
      else end(failed);
    });
  };

  const sink: FileSink = {
    copies: true,
    get room() {
      if (closed) return 0;
      const at = position ?? content.sizeBytes;
      const room = content.roomNow(at, ROOM_BYTES);
      if (room > 0) return room;
      fetchPage(at);
      return closed ? 0 : content.roomNow(at, ROOM_BYTES);
    },
    get closed() {
      return closed;
    },
    get failure() {
      return failure;
    },
    offer(bytes) {
      if (closed) throw new Exception("disconnected", "File takes no more bytes");
      const at = position ?? content.sizeBytes;
      const room = content.roomNow(at, bytes.length);
      if (room === 0) return 0;
      const taken = room < bytes.length ? bytes.subarray(0, room) : bytes;
      const written = files.write(file, at, taken);
      if (typeof written === "string") {
        end(written);
        return 0;
      }
      if (position !== undefined) position += written;
      if (written < taken.length) end("insufficient-space");
      return written;
    },
    hasRoom: (bytes) => sink.room >= bytes,
    async ready({ roomBytes = 1, signal } = {}) {
      signal?.throwIfAborted();
      while (!sink.hasRoom(roomBytes) && !sink.closed) await notice.wait({ signal });
    },
    async write(bytes, options) {
      let rest = bytes;
      while (rest.length > 0) {
        await sink.ready(options);
        rest = rest.subarray(sink.offer(rest));
      }
    },
    close: end,
    [Symbol.dispose]() {
      end();
      stop.abort();
    },
  };
  return sink;
}

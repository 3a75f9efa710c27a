/** WASI's streams as byte pipes; each has one pollable for life, made when it is first waited for. */
import { decodeText, Exception, type ByteSink, type ByteSource } from "#base";
import { CHUNK_BYTES, type Host } from "./host.ts";
import type { PollLoop } from "./poll-loop.ts";

/** The source of an input-stream; takes the handle over. */
export function toSource(host: Host, loop: PollLoop, stream: number): ByteSource {
  const { call } = host;
  let pollable: number | undefined;
  let ended = false;

  const dispose = (): void => {
    if (ended) return;
    ended = true;
    if (pollable !== undefined) drop(host, loop, pollable);
    call.dropInput(stream);
  };

  const source: ByteSource = {
    take(limitBytes) {
      if (!Number.isSafeInteger(limitBytes) || limitBytes < 1) {
        throw new RangeError(`Limit of a read is not a positive integer: ${limitBytes}`);
      }
      if (ended) return new Uint8Array(0);
      call.read(stream, Math.min(limitBytes, CHUNK_BYTES), host.resultAt);
      if (host.u8(0) === 0) return host.bytesAt(host.u32(4), host.u32(8));
      const failure = toFailure(host, 4);
      dispose();
      if (failure !== undefined) throw failure;
      return new Uint8Array(0);
    },
    get ended() {
      return ended;
    },
    async ready(options) {
      options?.signal?.throwIfAborted();
      if (ended) return;
      pollable ??= call.subscribeInput(stream);
      await loop.wait(pollable, options);
    },
    async read(limitBytes, options) {
      options?.signal?.throwIfAborted();
      for (;;) {
        const bytes = source.take(limitBytes);
        if (bytes.length > 0) return bytes;
        if (ended) return undefined;
        await source.ready(options);
      }
    },
    [Symbol.dispose]: dispose,
  };
  return source;
}

/** The sink of an output-stream; takes the handle over. WASI knows no other end than dropping the stream. */
export function toSink(host: Host, loop: PollLoop, stream: number): ByteSink {
  const { call } = host;
  let pollable: number | undefined;
  let closed = false;

  const close = (): void => {
    if (closed) return;
    closed = true;
    if (pollable !== undefined) drop(host, loop, pollable);
    call.flush(stream, host.resultAt);
    if (host.u8(0) !== 0) toFailure(host, 4);
    call.dropOutput(stream);
  };

  const sink: ByteSink = {
    copies: true,
    get room() {
      if (closed) return 0;
      call.checkWrite(stream, host.resultAt);
      if (host.u8(0) === 0) return host.u64(8);
      toFailure(host, 8);
      close();
      return 0;
    },
    get closed() {
      return closed;
    },
    offer(bytes) {
      const taken = Math.min(sink.room, bytes.length, CHUNK_BYTES);
      if (closed) throw gone();
      if (taken === 0) return 0;
      const part = taken === bytes.length ? bytes : bytes.subarray(0, taken);
      call.write(stream, host.lend(part), taken, host.resultAt);
      if (host.u8(0) === 0) return taken;
      const failure = toFailure(host, 4);
      close();
      throw failure ?? gone();
    },
    hasRoom: (bytes) => sink.room >= bytes,
    async ready({ roomBytes = 1, signal } = {}) {
      signal?.throwIfAborted();
      while (!sink.hasRoom(roomBytes) && !sink.closed) {
        pollable ??= call.subscribeOutput(stream);
        await loop.wait(pollable, { signal });
      }
    },
    async write(bytes, options) {
      options?.signal?.throwIfAborted();
      let rest = bytes;
      while (rest.length > 0) {
        const taken = sink.offer(rest);
        if (taken === 0) await sink.ready(options);
        rest = rest.subarray(taken);
      }
      if (closed) throw gone();
    },
    close,
    [Symbol.dispose]: close,
  };
  return sink;
}

function drop(host: Host, loop: PollLoop, pollable: number): void {
  loop.forget(pollable);
  host.call.dropPollable(pollable);
}

function gone(): Exception {
  return new Exception("disconnected", "Stream takes no more bytes");
}

/** The stream-error at an offset of the result; `undefined` for `closed`, the ordinary end. */
function toFailure(host: Host, offset: number): Exception | undefined {
  if (host.u8(offset) !== 0) return undefined;
  const error = host.u32(offset + 4);
  host.call.errorText(error, host.resultAt);
  const text = decodeText(host.bytesAt(host.u32(0), host.u32(4)));
  host.call.dropError(error);
  return new Exception("disconnected", `Stream failed: ${text}`);
}

/** Byte pipes: the contract that every stream between parties meets, whatever carries it. */
import { concatBytes } from "./bytes.ts";

/** The last argument of every function that waits; the signal ends the wait, not the operation. */
export interface Waiting {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The reading end of a byte pipe.
 *
 * Bytes arrive in order; chunk boundaries carry no meaning. Disposing cancels the stream, which the writer sees as `closed`.
 */
export interface ByteSource extends Disposable {
  /**
   * The bytes available now, at most `limitBytes`; empty when there are none yet, and at the end.
   *
   * The caller owns the array.
   *
   * @throws {Exception} `disconnected` when the writer went away before the end and all bytes were taken.
   * @throws {RangeError} when `limitBytes` is not a positive integer.
   */
  take(limitBytes: number): Uint8Array;
  /**
   * As `take`, but the array is valid only until the next call of the source. Present where memory that is used again
   * makes it faster: the engine clears each new array.
   */
  lend?(limitBytes: number): Uint8Array;
  /** True once the writer has ended the stream and every byte was taken, or after dispose. */
  readonly ended: boolean;
  /** Resolves when `take` would return bytes or throw, and at the end. */
  ready(options?: Waiting): Promise<void>;
  /**
   * The next bytes, 1 to `limitBytes`, as soon as there are any; `undefined` at the end and ever after.
   *
   * @throws {Exception} `disconnected` when the writer went away before the end.
   * @throws {RangeError} when `limitBytes` is not a positive integer.
   */
  read(limitBytes: number, options?: Waiting): Promise<Uint8Array | undefined>;
}

export interface RoomWaiting extends Waiting {
  /** 1 by default. */
  readonly roomBytes?: number;
}

/** The writing end of a byte pipe. After disposal without `close`, the reader gets `disconnected`. */
export interface ByteSink extends Disposable {
  /** Number of bytes that `offer` accepts now; 0 when the pipe is full or `closed`. */
  readonly room: number;
  /** Whether `offer` copies the bytes that it accepts, so that the array remains the caller's. */
  readonly copies: boolean;
  /** True when no more bytes are accepted: `close` was called or the reader is gone. */
  readonly closed: boolean;
  /**
   * Accepts as many of the first bytes of the array as there is room for, and returns their number.
   *
   * The array belongs to the pipe from here on.
   *
   * @throws {Exception} `disconnected` when `closed`.
   */
  offer(bytes: Uint8Array): number;
  /** Whether `offer` accepts that many bytes now; if not, the reader will wake the writer once it has made room. */
  hasRoom(bytes: number): boolean;
  /** Resolves when there is room for `roomBytes` bytes, or when `closed`. */
  ready(options?: RoomWaiting): Promise<void>;
  /**
   * Writes all bytes, waiting for room as often as needed; the array belongs to the pipe from here on.
   *
   * @throws {Exception} `disconnected` when `closed`, also while waiting.
   */
  write(bytes: Uint8Array, options?: Waiting): Promise<void>;
  /** Ends the stream: the reader gets what was written, then the end. Does nothing the second time. */
  close(): void;
}

/** A pipe in each direction. Disposing disposes both halves. */
export interface Duplex extends Disposable {
  readonly source: ByteSource;
  readonly sink: ByteSink;
}

/** Copies until the source ends; leaves both open. Resolves to the number of bytes. */
export async function copyBytes(
  source: ByteSource,
  sink: ByteSink,
  options?: Waiting,
): Promise<number> {
  let total = 0;
  for (;;) {
    const bytes = await source.read(64 * 1024, options);
    if (bytes === undefined) return total;
    total += bytes.length;
    await sink.write(bytes, options);
  }
}

/**
 * All bytes up to the end.
 *
 * @throws {RangeError} when there are more than `limitBytes`.
 */
export async function readAll(
  source: ByteSource,
  limitBytes: number,
  options?: Waiting,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const bytes = await source.read(64 * 1024, options);
    if (bytes === undefined) break;
    length += bytes.length;
    if (length > limitBytes) throw new RangeError(`Stream is longer than ${limitBytes} bytes`);
    parts.push(bytes);
  }
  return concatBytes(parts);
}

/** Checks the argument of a source's `take`. @throws {RangeError} when it is not a positive integer. */
export function requireLimit(limitBytes: number): void {
  if (Number.isSafeInteger(limitBytes) && limitBytes > 0) return;
  throw new RangeError(`Limit of a read is not a positive integer: ${limitBytes}`);
}

/** Implements `read` of a source by its `take` and `ready`. */
export async function readNext(
  source: ByteSource,
  limitBytes: number,
  options?: Waiting,
): Promise<Uint8Array | undefined> {
  options?.signal?.throwIfAborted();
  for (;;) {
    const bytes = source.take(limitBytes);
    if (bytes.length > 0) return bytes;
    if (source.ended) return undefined;
    await source.ready(options);
  }
}

/** Implements `write` of a sink by its `offer` and `ready`. */
export async function writeAll(
  sink: ByteSink,
  bytes: Uint8Array,
  options?: Waiting,
): Promise<void> {
  let rest = bytes;
  for (;;) {
    if (rest.length > 0) await sink.ready(options);
    else options?.signal?.throwIfAborted();
    // `offer` may transfer the buffer, which leaves a length of 0.
    const { length } = rest;
    const taken = sink.offer(rest);
    if (taken === length) return;
    rest = rest.subarray(taken);
  }
}

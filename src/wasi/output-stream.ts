/** The resource `output-stream` of `wasi:io/streams`: what it permits is what the pipe has room for. */
import type { ByteSink } from "#base";
import type { InputStream } from "./input-stream.ts";
import { createChildren } from "./children.ts";
import type { Children } from "./children.ts";
import { blockOn } from "./poll.ts";
import type { Awaited, Pollable } from "./poll.ts";
import { closed, lastOperationFailed, refuse, trap } from "./trap.ts";
import type { Turns } from "./turns.ts";

/** The most that the `blocking-write-…-and-flush` functions take, by specification. */
const BLOCKING_LIMIT_BYTES = 4096;

export class OutputStream {
  readonly #sink: ByteSink;
  readonly #turns: Turns;
  readonly #dropped: (() => void) | undefined;
  readonly #room: Awaited;
  readonly #children: Children = createChildren();
  /** Why a closed sink takes no more, as the error code of a file; told once. */
  #failure: (() => string | undefined) | undefined;
  /** What the last `check-write` allowed and was not written yet. */
  #permitBytes = 0;

  /**
   * @param dropped told when the guest drops the stream; without it the sink lives on
   * @param failure asked when the sink is closed: the error code of a file, if that is why
   */
  constructor(
    sink: ByteSink,
    turns: Turns,
    dropped?: () => void,
    failure?: () => string | undefined,
  ) {
    this.#sink = sink;
    this.#turns = turns;
    this.#dropped = dropped;
    this.#failure = failure;
    this.#room = {
      get ready() {
        return sink.room > 0 || sink.closed;
      },
      wait: (options) => sink.ready(options),
    };
  }

  checkWrite(): bigint {
    this.flush();
    this.#permitBytes = this.#sink.room;
    return BigInt(this.#permitBytes);
  }

  write(contents: Uint8Array): void {
    if (contents.length > this.#permitBytes) {
      trap(
        `wasi:io/streams.write was given ${contents.length} bytes where check-write permitted ${this.#permitBytes}`,
      );
    }
    this.flush();
    this.#permitBytes -= contents.length;
    if (contents.length === 0) return;
    // Offered bytes may be moved away, and then have no length any more.
    const { length } = contents;
    if (this.#sink.offer(contents) < length) {
      this.flush();
      trap("wasi:io/streams.write: another stream used the room that check-write had permitted");
    }
  }

  async blockingWriteAndFlush(contents: Uint8Array): Promise<void> {
    if (contents.length > BLOCKING_LIMIT_BYTES) {
      trap(
        `wasi:io/streams.blocking-write-and-flush was given ${contents.length} bytes, more than ${BLOCKING_LIMIT_BYTES}`,
      );
    }
    let rest = contents;
    await this.#turns.take();
    while (rest.length > 0) {
      if (!this.#room.ready) await blockOn(this.#room, this.#turns);
      this.flush();
      const { length } = rest;
      const taken = this.#sink.offer(rest);
      if (taken === length) return;
      rest = rest.subarray(taken);
    }
    this.flush();
  }

  /** Nothing is held back here: what was written is in the pipe. */
  flush(): void {
    if (!this.#sink.closed) return;
    const code = this.#failure?.();
    this.#failure = undefined;
    refuse(code === undefined ? closed() : lastOperationFailed(`File: ${code}`, code));
  }

  async blockingFlush(): Promise<void> {
    await this.#turns.take();
    this.flush();
  }

  subscribe(): Pollable {
    return this.#children.subscribe(this.#room, this.#turns);
  }

  writeZeroes(length: bigint): void {
    if (length > BigInt(this.#permitBytes)) {
      trap(`wasi:io/streams.write-zeroes: check-write permitted ${this.#permitBytes} bytes`);
    }
    this.write(new Uint8Array(Number(length)));
  }

  async blockingWriteZeroesAndFlush(length: bigint): Promise<void> {
    if (length > BigInt(BLOCKING_LIMIT_BYTES)) {
      trap(
        `wasi:io/streams.blocking-write-zeroes-and-flush: ${length} bytes are more than ${BLOCKING_LIMIT_BYTES}`,
      );
    }
    await this.blockingWriteAndFlush(new Uint8Array(Number(length)));
  }

  splice(source: InputStream, length: bigint): bigint {
    const room = this.checkWrite();
    const bytes = source.read(length < room ? length : room);
    this.write(bytes);
    return BigInt(bytes.length);
  }

  async blockingSplice(source: InputStream, length: bigint): Promise<bigint> {
    await blockOn(this.#room, this.#turns);
    const room = this.checkWrite();
    const bytes = await source.blockingRead(length < room ? length : room);
    this.write(bytes);
    return BigInt(bytes.length);
  }

  [Symbol.dispose](): void {
    this.#children.requireNone("output-stream");
    this.#dropped?.();
  }
}

/** The resource `output-stream` of `wasi:io/streams`: what it permits is what the pipe has room for. */
import { after } from "#base";
import type { ByteSink, Eventually } from "#base";
import type { InputStream } from "./input-stream.ts";
import { createChildren } from "./children.ts";
import type { Children } from "./children.ts";

import type { Pollable } from "./poll.ts";
import type { Awaited } from "./waits.ts";
import { closed, lastOperationFailed, refuse, trap } from "./trap.ts";
import type { Waits } from "./waits.ts";

/** The most that the `blocking-write-…-and-flush` functions take, by specification. */
const BLOCKING_LIMIT_BYTES = 4096;

export class OutputStream {
  /** What is written is lent: it lies in the guest's memory. */
  static readonly takesLent: readonly string[] = ["write", "blockingWriteAndFlush"];

  readonly #sink: ByteSink;
  readonly #waits: Waits;
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
    waits: Waits,
    dropped?: () => void,
    failure?: () => string | undefined,
  ) {
    this.#sink = sink;
    this.#waits = waits;
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
    const taken = this.#sink.offer(this.#sink.copies ? contents : contents.slice());
    if (taken === length) return;
    // Another stream into the same pipe has used the room. A thread that can block waits for more here; a guest that would
    // have to be suspended cannot be, in a call that never waits.
    const rest = this.#writeAll(contents.subarray(taken));
    if (rest === undefined) return;
    rest.catch(() => undefined);
    this.flush();
    trap("wasi:io/streams.write: another stream used the room that check-write had permitted");
  }

  blockingWriteAndFlush(contents: Uint8Array): Eventually<void> {
    if (contents.length > BLOCKING_LIMIT_BYTES) {
      trap(
        `wasi:io/streams.blocking-write-and-flush was given ${contents.length} bytes, more than ${BLOCKING_LIMIT_BYTES}`,
      );
    }
    if (contents.length === 0) return this.blockingFlush();
    const rest = this.#waits.turn() === undefined ? this.#offer(contents) : contents;
    return rest === undefined ? undefined : this.#writeAll(rest);
  }

  #writeAll(contents: Uint8Array): Eventually<void> {
    return after(this.#waits.until([this.#room]), () => {
      const rest = this.#offer(contents);
      return rest === undefined ? undefined : this.#writeAll(rest);
    });
  }

  /** Writes what there is room for; gives the rest, `undefined` when that is nothing. */
  #offer(contents: Uint8Array): Uint8Array | undefined {
    this.flush();
    const { copies } = this.#sink;
    if (!copies && this.#sink.room === 0) return contents;
    // Offered bytes may be moved away, and then have no length any more.
    const { length } = contents;
    const taken = this.#sink.offer(copies ? contents : contents.slice());
    return taken === length ? undefined : contents.subarray(taken);
  }

  /** Nothing is held back here: what was written is in the pipe. */
  flush(): void {
    if (!this.#sink.closed) return;
    const code = this.#failure?.();
    this.#failure = undefined;
    refuse(code === undefined ? closed() : lastOperationFailed(`File: ${code}`, code));
  }

  blockingFlush(): Eventually<void> {
    return after(this.#waits.turn(), () => this.flush());
  }

  subscribe(): Pollable {
    return this.#children.subscribe(this.#room, this.#waits);
  }

  writeZeroes(length: bigint): void {
    if (length > BigInt(this.#permitBytes)) {
      trap(`wasi:io/streams.write-zeroes: check-write permitted ${this.#permitBytes} bytes`);
    }
    this.write(new Uint8Array(Number(length)));
  }

  blockingWriteZeroesAndFlush(length: bigint): Eventually<void> {
    if (length > BigInt(BLOCKING_LIMIT_BYTES)) {
      trap(
        `wasi:io/streams.blocking-write-zeroes-and-flush: ${length} bytes are more than ${BLOCKING_LIMIT_BYTES}`,
      );
    }
    return this.blockingWriteAndFlush(new Uint8Array(Number(length)));
  }

  splice(source: InputStream, length: bigint): bigint {
    const room = this.checkWrite();
    return this.#pass(source.read(length < room ? length : room));
  }

  blockingSplice(source: InputStream, length: bigint): Eventually<bigint> {
    return after(this.#waits.until([this.#room]), () => {
      const room = this.checkWrite();
      return after(source.blockingRead(length < room ? length : room), (bytes) =>
        this.#pass(bytes),
      );
    });
  }

  /** Writes what was read: a copy, since room for it may be made where it lies. */
  #pass(lent: Uint8Array): bigint {
    this.write(lent.slice());
    return BigInt(lent.length);
  }

  [Symbol.dispose](): void {
    this.#children.requireNone("output-stream");
    this.#dropped?.();
  }
}

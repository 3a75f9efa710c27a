/** The resource `output-stream` of `wasi:io/streams`: it permits as much as the pipe has room for. */
import { after } from "#base";
import type { Eventually } from "#base";
import type { InputStream } from "./input-stream.ts";
import { createChildren } from "./children.ts";
import type { Children } from "./children.ts";
import type { OutputShare } from "./output-line.ts";

import type { Pollable } from "./poll.ts";
import type { Awaited } from "./waits.ts";
import { closed, lastOperationFailed, refuse, trap } from "./trap.ts";
import type { Waits } from "./waits.ts";

/** The most that the `blocking-write-…-and-flush` functions accept, by specification. */
const BLOCKING_LIMIT_BYTES = 4096;

export class OutputStream {
  /** The bytes to write are lent: they lie in the guest's memory. */
  static readonly takesLent: readonly string[] = ["write", "blockingWriteAndFlush"];

  readonly #share: OutputShare;
  readonly #waits: Waits;
  readonly #dropped: (() => void) | undefined;
  readonly #room: Awaited;
  readonly #children: Children = createChildren();
  /** The error code of a file for which a closed sink accepts no more; reported once. */
  #failure: (() => string | undefined) | undefined;

  /**
   * @param share taken over
   * @param dropped called when the guest drops the stream; without it the sink stays open
   * @param failure called when the sink is closed: returns the error code of a file, if that is the reason
   */
  constructor(
    share: OutputShare,
    waits: Waits,
    dropped?: () => void,
    failure?: () => string | undefined,
  ) {
    this.#share = share;
    this.#waits = waits;
    this.#dropped = dropped;
    this.#failure = failure;
    this.#room = {
      get ready() {
        return share.hasRoom || share.sink.closed;
      },
      wait: (options) => share.ready(options),
    };
  }

  checkWrite(): bigint {
    this.flush();
    return BigInt(this.#share.permit());
  }

  write(contents: Uint8Array): void {
    const { permittedBytes } = this.#share;
    if (contents.length > permittedBytes) {
      trap(
        `wasi:io/streams.write was given ${contents.length} bytes where check-write permitted ${permittedBytes}`,
      );
    }
    this.flush();
    if (contents.length === 0) return;
    this.#share.use(contents.length);
    const rest = this.#offer(contents);
    if (rest === undefined) return;
    // Memory had room for these bytes of a file, but another file has used it since: a thread that can block makes room
    // here. A guest that would have to be suspended cannot be, in a call that never waits.
    const writing = this.#writeAll(rest);
    if (writing === undefined) return;
    writing.catch(() => undefined);
    this.flush();
    trap("wasi:io/streams.write: another file used the memory that check-write had permitted");
  }

  blockingWriteAndFlush(contents: Uint8Array): Eventually<void> {
    if (contents.length > BLOCKING_LIMIT_BYTES) {
      trap(
        `wasi:io/streams.blocking-write-and-flush was given ${contents.length} bytes, more than ${BLOCKING_LIMIT_BYTES}`,
      );
    }
    if (contents.length === 0) return this.blockingFlush();
    // This call checks for room itself, so an earlier permit is void.
    this.#share.use(this.#share.permittedBytes);
    const rest = this.#waits.turn() === undefined ? this.#offerFree(contents) : contents;
    return rest === undefined ? undefined : this.#writeAll(rest);
  }

  #writeAll(contents: Uint8Array): Eventually<void> {
    return after(this.#waits.until([this.#room]), () => {
      const rest = this.#offerFree(contents);
      return rest === undefined ? undefined : this.#writeAll(rest);
    });
  }

  /** Writes as much as fits without the room that is permitted to others; returns the rest, `undefined` if there is none. */
  #offerFree(contents: Uint8Array): Uint8Array | undefined {
    this.flush();
    const { length } = contents;
    const free = this.#share.freeBytes(length);
    if (free === 0) return contents;
    const rest = this.#offer(free < length ? contents.subarray(0, free) : contents);
    const written = free - (rest?.length ?? 0);
    return written === length ? undefined : contents.subarray(written);
  }

  /** Writes as much as the sink accepts; returns the rest, `undefined` if there is none. */
  #offer(contents: Uint8Array): Uint8Array | undefined {
    const { sink } = this.#share;
    if (!sink.copies && sink.room === 0) return contents;
    const taken = this.#give(sink.copies ? contents : contents.slice());
    return taken === contents.length ? undefined : contents.subarray(taken);
  }

  /** In shared memory, the reader can disconnect between the check of the sink and the offer. */
  #give(contents: Uint8Array): number {
    try {
      return this.#share.sink.offer(contents);
    } catch (error) {
      this.flush();
      throw error;
    }
  }

  /** Only checks whether the sink is closed: bytes that were written are in the pipe already. */
  flush(): void {
    if (!this.#share.sink.closed) return;
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
    const { permittedBytes } = this.#share;
    if (length > BigInt(permittedBytes)) {
      trap(`wasi:io/streams.write-zeroes: check-write permitted ${permittedBytes} bytes`);
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

  /** Writes bytes that were read: a copy, since making room may overwrite the lent ones. */
  #pass(lent: Uint8Array): bigint {
    this.write(lent.slice());
    return BigInt(lent.length);
  }

  [Symbol.dispose](): void {
    this.#children.requireNone("output-stream");
    this.#share[Symbol.dispose]();
    this.#dropped?.();
  }
}

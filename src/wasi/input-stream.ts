/** The resource `input-stream` of `wasi:io/streams`. */
import { after } from "#base";
import type { Eventually } from "#base";
import { createChildren } from "./children.ts";
import type { Children } from "./children.ts";

import type { Pollable } from "./poll.ts";
import type { Reader } from "./reader.ts";
import type { Waits } from "./waits.ts";

/** One read returns at most this much, however much was requested. */
const READ_LIMIT_BYTES = 1024n * 1024n;

export class InputStream {
  readonly #reader: Reader;
  readonly #waits: Waits;
  readonly #dropped: (() => void) | undefined;
  readonly #children: Children = createChildren();

  /** @param dropped called when the guest drops the stream; without it the source stays open */
  constructor(reader: Reader, waits: Waits, dropped?: () => void) {
    this.#reader = reader;
    this.#waits = waits;
    this.#dropped = dropped;
  }

  read(length: bigint): Uint8Array {
    return this.#reader.take(Number(length < READ_LIMIT_BYTES ? length : READ_LIMIT_BYTES));
  }

  blockingRead(length: bigint): Eventually<Uint8Array> {
    const waited = length > 0n ? this.#waits.until([this.#reader]) : undefined;
    return after(waited, () => this.read(length));
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length);
  }

  blockingSkip(length: bigint): Eventually<bigint> {
    return after(this.blockingRead(length), (bytes) => BigInt(bytes.length));
  }

  subscribe(): Pollable {
    return this.#children.subscribe(this.#reader, this.#waits);
  }

  [Symbol.dispose](): void {
    this.#children.requireNone("input-stream");
    this.#dropped?.();
  }
}

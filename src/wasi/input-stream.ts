/** The resource `input-stream` of `wasi:io/streams`. */
import { createChildren } from "./children.ts";
import type { Children } from "./children.ts";
import { blockOn } from "./poll.ts";
import type { Pollable } from "./poll.ts";
import type { Reader } from "./reader.ts";
import type { Turns } from "./turns.ts";

/** One read gives at most this, however much was asked for. */
const READ_LIMIT_BYTES = 1024n * 1024n;

export class InputStream {
  readonly #reader: Reader;
  readonly #turns: Turns;
  readonly #dropped: (() => void) | undefined;
  readonly #children: Children = createChildren();

  /** @param dropped told when the guest drops the stream; without it the source lives on */
  constructor(reader: Reader, turns: Turns, dropped?: () => void) {
    this.#reader = reader;
    this.#turns = turns;
    this.#dropped = dropped;
  }

  read(length: bigint): Uint8Array {
    return this.#reader.take(Number(length < READ_LIMIT_BYTES ? length : READ_LIMIT_BYTES));
  }

  async blockingRead(length: bigint): Promise<Uint8Array> {
    if (length > 0n) await blockOn(this.#reader, this.#turns);
    return this.read(length);
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length);
  }

  async blockingSkip(length: bigint): Promise<bigint> {
    return BigInt((await this.blockingRead(length)).length);
  }

  subscribe(): Pollable {
    return this.#children.subscribe(this.#reader, this.#turns);
  }

  [Symbol.dispose](): void {
    this.#children.requireNone("input-stream");
    this.#dropped?.();
  }
}

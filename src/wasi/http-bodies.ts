/** The resources for bodies in `wasi:http/types`, over an exchange with the host. */
import { createNotice, decodeText, Exception, HTTP_WINDOW_BYTES } from "#base";
import type { ByteSink, HttpExchange, HttpHeader } from "#base";
import type { Quota } from "#vfs";
import { HEADERS, SEALED } from "./http-fields.ts";
import type { Fields, FieldsClass } from "./http-fields.ts";
import { InputStream } from "./input-stream.ts";
import { createOutputLine } from "./output-line.ts";
import { OutputStream } from "./output-stream.ts";
import { Pollable } from "./poll.ts";
import { createReader } from "./reader.ts";
import { refuse, trap } from "./trap.ts";
import type { Awaited, Waits } from "./waits.ts";

/** Shared by the classes of one cell. */
export interface HttpPowers {
  readonly quota: Quota;
  readonly waits: Waits;
  readonly Fields: FieldsClass;
}

/** Ready when the condition holds; what has arrived is processed before it is checked. */
export function awaitExchange(exchange: HttpExchange, isReady: () => boolean): Awaited {
  return {
    get ready() {
      exchange.pump();
      return isReady();
    },
    wait: (options) => exchange.changed.wait(options),
  };
}

/** The resource `incoming-body`. */
export class IncomingBody {
  readonly #exchange: HttpExchange;
  readonly #powers: HttpPowers;
  #stream: "none" | "open" | "dropped" = "none";
  #isFinished = false;

  constructor(exchange: HttpExchange, powers: HttpPowers) {
    this.#exchange = exchange;
    this.#powers = powers;
  }

  stream(): InputStream {
    if (this.#stream !== "none") refuse(undefined);
    this.#stream = "open";
    return new InputStream(createReader(this.#exchange.source), this.#powers.waits, () => {
      this.#stream = "dropped";
    });
  }

  static finish(body: IncomingBody): FutureTrailers {
    if (body.#stream === "open")
      trap("wasi:http: a body was finished before its stream was dropped");
    body.#isFinished = true;
    // Unread bytes are discarded.
    body.#exchange.ignore();
    return new FutureTrailers(body.#exchange, body.#powers);
  }

  [Symbol.dispose](): void {
    if (this.#stream === "open") trap("wasi:http: a body was dropped before its stream");
    if (!this.#isFinished) this.#exchange.ignore();
  }
}

/** The resource `future-trailers`. */
export class FutureTrailers {
  readonly #exchange: HttpExchange;
  readonly #powers: HttpPowers;
  #isTaken = false;

  constructor(exchange: HttpExchange, powers: HttpPowers) {
    this.#exchange = exchange;
    this.#powers = powers;
  }

  subscribe(): Pollable {
    const { waits } = this.#powers;
    return new Pollable(
      awaitExchange(this.#exchange, () => this.#exchange.hasEnded),
      waits,
    );
  }

  get(): unknown {
    this.#exchange.pump();
    const { failure, hasEnded, trailers = [] } = this.#exchange;
    if (!hasEnded) return undefined;
    if (this.#isTaken) return { tag: "err", val: undefined };
    this.#isTaken = true;
    if (failure !== undefined) return ok({ tag: "err", val: toErrorCode(failure) });
    return ok(ok(trailers.length === 0 ? undefined : this.#powers.Fields[SEALED](trailers)));
  }
}

/** The reason for a failed exchange, as the guest gets it. */
export function toErrorCode(failure: string): { readonly tag: string; readonly val?: unknown } {
  return PLAIN_CODES.has(failure) ? { tag: failure } : { tag: "internal-error", val: undefined };
}

/** Codes without a payload that a host gives. */
const PLAIN_CODES: ReadonlySet<string> = new Set([
  "connection-limit-reached",
  "connection-terminated",
  "connection-timeout",
  "destination-unavailable",
  "HTTP-protocol-error",
  "HTTP-request-denied",
  "HTTP-request-method-invalid",
  "HTTP-request-URI-invalid",
  "HTTP-request-URI-too-long",
  "HTTP-response-incomplete",
  "HTTP-response-timeout",
]);

export function ok(val: unknown): { readonly tag: "ok"; readonly val: unknown } {
  return { tag: "ok", val };
}

/** The body of a message that the guest makes; it can be written before the message is sent. */
export class BodyWriter implements Disposable {
  readonly sink: LateSink = new LateSink();
  readonly #quota: Quota;
  /** The value of `content-length`, if there is one. */
  readonly #wantedBytes: number | undefined;
  #exchange: HttpExchange | undefined;
  #trailers: readonly HttpHeader[] | undefined;
  #isDropped = false;
  #isGivenBack = false;

  /** Charges for the bytes that it may hold back. @throws the guest's refusal when there is no memory for them */
  constructor(quota: Quota, headers: Fields) {
    if (!quota.takeMemory(HTTP_WINDOW_BYTES)) refuse(undefined);
    this.#quota = quota;
    const [length] = headers.get("content-length");
    this.#wantedBytes = length === undefined ? undefined : Number(decodeText(length));
  }

  /** Begins to send the body over the exchange. */
  attach(exchange: HttpExchange): void {
    this.#exchange = exchange;
    for (const bytes of this.sink.attach(exchange.sink)) exchange.sendFirst(bytes);
    if (this.#trailers !== undefined) exchange.finish(this.#trailers);
    else if (this.#isDropped) exchange.abort("HTTP-response-incomplete");
  }

  /** Ends the body; returns the error code if its length is wrong, otherwise `undefined`. */
  finish(trailers: readonly HttpHeader[]): unknown {
    if (this.#wantedBytes !== undefined && this.#wantedBytes !== this.sink.writtenBytes) {
      this[Symbol.dispose]();
      return { tag: "HTTP-request-body-size", val: BigInt(this.sink.writtenBytes) };
    }
    this.#trailers = trailers;
    this.#exchange?.finish(trailers);
    this.#giveBack();
    return undefined;
  }

  /** Discards the body if it is not being sent. */
  cut(): void {
    if (this.#exchange === undefined) this.sink.cut();
  }

  /** Cuts the body unless it is finished. */
  [Symbol.dispose](): void {
    if (this.#isDropped || this.#trailers !== undefined) return;
    this.#isDropped = true;
    this.#exchange?.abort("HTTP-response-incomplete");
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#isGivenBack) return;
    this.#isGivenBack = true;
    this.#quota.takeMemory(-HTTP_WINDOW_BYTES);
  }
}

/** Holds back what is written until the sink of the exchange is attached. */
class LateSink implements ByteSink {
  readonly copies = false;
  readonly #notice = createNotice();
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #inner: ByteSink | undefined;
  #isCut = false;
  writtenBytes = 0;

  cut(): void {
    this.#isCut = true;
    this.#held = [];
    this.#notice.notify();
  }

  /** @returns what was held back: at most a window, which is the first credit */
  attach(inner: ByteSink): readonly Uint8Array[] {
    const held = this.#held;
    this.#inner = inner;
    this.#held = [];
    this.#notice.notify();
    return held;
  }

  get room(): number {
    if (this.#isCut) return 0;
    return this.#inner?.room ?? HTTP_WINDOW_BYTES - this.#heldBytes;
  }

  get closed(): boolean {
    return this.#inner?.closed ?? this.#isCut;
  }

  offer(bytes: Uint8Array): number {
    const { length } = bytes;
    const taken = this.#inner?.offer(bytes) ?? this.#hold(bytes.subarray(0, this.room));
    this.writtenBytes += Math.min(taken, length);
    return taken;
  }

  hasRoom(bytes: number): boolean {
    return this.#inner?.hasRoom(bytes) ?? this.room >= bytes;
  }

  async ready(options: Parameters<ByteSink["ready"]>[0] = {}): Promise<void> {
    const { roomBytes = 1 } = options;
    while (this.#inner === undefined && !this.#isCut && this.room < roomBytes) {
      await this.#notice.wait(options);
    }
    await this.#inner?.ready(options);
  }

  write(): Promise<void> {
    return Promise.reject(new Exception("unimplemented", "Guests write by `offer` only"));
  }

  close(): void {}

  [Symbol.dispose](): void {}

  #hold(bytes: Uint8Array): number {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    return bytes.length;
  }
}

/** The resource `outgoing-body`. */
export class OutgoingBody {
  readonly #writer: BodyWriter;
  readonly #waits: Waits;
  #stream: "none" | "open" | "dropped" = "none";

  constructor(writer: BodyWriter, waits: Waits) {
    this.#writer = writer;
    this.#waits = waits;
  }

  write(): OutputStream {
    if (this.#stream !== "none") refuse(undefined);
    this.#stream = "open";
    return new OutputStream(createOutputLine(this.#writer.sink, false).open(), this.#waits, () => {
      this.#stream = "dropped";
    });
  }

  static finish(body: OutgoingBody, trailers: Fields | undefined): void {
    if (body.#stream === "open")
      trap("wasi:http: a body was finished before its stream was dropped");
    const wrong = body.#writer.finish(trailers?.[HEADERS]() ?? []);
    trailers?.[Symbol.dispose]();
    if (wrong !== undefined) refuse(wrong);
  }

  [Symbol.dispose](): void {
    if (this.#stream === "open") trap("wasi:http: a body was dropped before its stream");
    this.#writer[Symbol.dispose]();
  }
}

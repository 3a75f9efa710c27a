/**
 * HTTP messages between a host and its cell, over one duplex: many exchanges at a time, each with credit of its own.
 *
 * A frame is the number of its exchange (four bytes, little-endian), its type (one byte), the length of its data (three
 * bytes, little-endian) and the data. Each side numbers the exchanges that it begins in ascending order: the host with even
 * numbers, the cell with odd ones. The host trusts nothing: once a side breaks a rule, no more frames are exchanged, and all
 * exchanges fail.
 */
import { concatBytes, decodeText, encodeText } from "./bytes.ts";
import type { ByteSink, Duplex } from "./duplex.ts";
import { Exception, toException } from "./exception.ts";
import { HttpExchange } from "./http-exchange.ts";
import type { HttpFrame } from "./http-exchange.ts";
import type { HttpRequestHead } from "./http-message.ts";
import { readHttpRequest, readHttpResponse } from "./http-message.ts";
import { createNotice } from "./notice.ts";
import type { Notice } from "./notice.ts";
import { createTurns } from "./turns.ts";

export interface HttpChannelOptions {
  readonly side: "host" | "cell";
  /** The most exchanges begun by the other side that may be open. */
  readonly openLimit: number;
}

/** Twice the size of the largest head of a message, as JSON. */
const FRAME_LIMIT = 256 * 1024;
const HEADER_BYTES = 8;
const TYPES = ["head", "data", "end", "abort", "credit", "stop", "done"] as const;
/** More bytes wait only if the other side does not read. */
const QUEUE_LIMIT_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 64 * 1024;
/** Frames that fit are sent together: each offer to the duplex is a message, or rings the other side's bell. */
const BATCH_BYTES = 8 * 1024;
/** Pumps before the event loop gets a turn. */
const PUMPS = 64;
/** Frames of these types are usually followed by another frame, so they are not flushed by themselves. */
const LAZY: ReadonlySet<string> = new Set(["head", "done"]);
/** Reads in one pump, so that others get a turn. */
const READS = 4;
const NONE = new Uint8Array(0);

export class HttpChannel implements Disposable {
  /** Notified when something arrives. */
  readonly arrived: Notice = createNotice();
  readonly #duplex: Duplex;
  readonly #isHost: boolean;
  readonly #openLimit: number;
  readonly #exchanges = new Map<number, HttpExchange>();
  readonly #requests: HttpExchange[] = [];
  readonly #queued = createNotice();
  /** What waits to be sent: first the queue, then the batch. */
  #queue: Uint8Array[] = [];
  readonly #batch = new Uint8Array(BATCH_BYTES);
  #batchBytes = 0;
  #queuedBytes = 0;
  #unread: Uint8Array = NONE;
  #next: number;
  #last: number;
  #failure: Exception | undefined;

  /** Takes over the duplex. */
  constructor(duplex: Duplex, { side, openLimit }: HttpChannelOptions) {
    this.#duplex = duplex;
    this.#isHost = side === "host";
    this.#openLimit = openLimit;
    this.#next = this.#isHost ? 2 : 1;
    this.#last = 0;
  }

  /** The reason, once the channel has failed. */
  get failure(): Exception | undefined {
    return this.#failure;
  }

  /** Number of open exchanges that this side has begun. */
  get openCount(): number {
    let count = 0;
    for (const id of this.#exchanges.keys()) if (this.#isOwn(id)) count++;
    return count;
  }

  /** Whether the duplex has accepted everything that was sent. */
  get isFlushed(): boolean {
    this.pump();
    return this.#queuedBytes === 0 || this.#duplex.sink.closed;
  }

  /** The next exchange that the other side has begun; `undefined` when there is none yet. */
  takeRequest(): HttpExchange | undefined {
    this.pump();
    return this.#requests.shift();
  }

  get hasRequest(): boolean {
    this.pump();
    return this.#requests.length > 0;
  }

  /** Begins an exchange. @throws {Exception} the reason, if the channel has failed */
  request(head: HttpRequestHead): HttpExchange {
    if (this.#failure !== undefined) throw this.#failure;
    const id = this.#next;
    this.#next += 2;
    const exchange = this.#open(id, head);
    this.#send({ id, type: "head", bytes: encodeText(JSON.stringify(head)) });
    return exchange;
  }

  /** Processes what has arrived, and sends as much as there is room for; never waits. For threads without an event loop. */
  pump(): void {
    if (this.#failure !== undefined) return;
    try {
      this.#flush();
      const { source } = this.#duplex;
      for (let reads = 0; reads < READS; reads++) {
        const bytes = source.take(READ_BYTES);
        if (bytes.length > 0) this.#parse(bytes);
        // There was no more.
        if (bytes.length < READ_BYTES) break;
      }
      if (source.ended) {
        const message = "Cannot exchange HTTP with a cell: the other side is gone";
        throw new Exception("disconnected", message);
      }
      this.#flush();
    } catch (reason) {
      this.fail(toException(reason));
    }
  }

  /** Pumps whenever there is something to do, until the channel fails. Never rejects. */
  async run(): Promise<void> {
    // A failure disposes the duplex, which ends both.
    await Promise.all([this.#runReading(), this.#runWriting()]);
  }

  /** Fails all exchanges and disposes the duplex. */
  fail(reason: Exception): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    for (const exchange of this.#exchanges.values()) exchange.fail("connection-terminated");
    this.#exchanges.clear();
    this.#requests.length = 0;
    this.#queue = [];
    this.#batchBytes = this.#queuedBytes = 0;
    this.#duplex[Symbol.dispose]();
    this.#queued.notify();
    this.arrived.notify();
  }

  [Symbol.dispose](): void {
    this.fail(new Exception("disconnected", "HTTP channel of a cell has ended"));
  }

  async #runReading(): Promise<void> {
    const takeTurn = createTurns(PUMPS);
    while (this.#failure === undefined) {
      this.pump();
      // A cell's thread serves nobody else.
      if (this.#isHost) await takeTurn();
      await this.#duplex.source.ready();
    }
  }

  async #runWriting(): Promise<void> {
    while (this.#failure === undefined) {
      if (this.#queuedBytes === 0) await this.#queued.wait();
      else await this.#duplex.sink.ready();
      this.pump();
      // The other side does not read any more: the queue is dropped once reading has ended, too.
      if (this.#duplex.sink.closed) return;
    }
  }

  #isOwn(id: number): boolean {
    return (id % 2 === 0) === this.#isHost;
  }

  #open(id: number, request: HttpRequestHead): HttpExchange {
    const exchange = new HttpExchange(
      {
        pump: () => this.pump(),
        send: (frame) => this.#send({ id, ...frame }),
        isBusy: () => this.#isBusy,
        ended: () => void this.#exchanges.delete(id),
      },
      { request, isOwn: this.#isOwn(id) },
    );
    this.#exchanges.set(id, exchange);
    return exchange;
  }

  #parse(bytes: Uint8Array): void {
    let rest = this.#unread.length === 0 ? bytes : concatBytes([this.#unread, bytes]);
    while (rest.length >= HEADER_BYTES) {
      const length = readWord(rest, 4) >>> 8;
      const type = TYPES[rest[4] ?? 0xff];
      if (type === undefined || length > FRAME_LIMIT) return breakRule("a frame is malformed");
      if (rest.length < HEADER_BYTES + length) break;
      const id = readWord(rest, 0);
      this.#receive({ id, type, bytes: rest.subarray(HEADER_BYTES, HEADER_BYTES + length) });
      rest = rest.subarray(HEADER_BYTES + length);
    }
    this.#unread = rest;
    this.arrived.notify();
  }

  #receive(frame: Frame): void {
    const exchange = this.#exchanges.get(frame.id);
    if (exchange === undefined) return this.#begin(frame);
    if (frame.type !== "head") return exchange.receive(frame);
    if (!this.#isOwn(frame.id)) return breakRule("a request has two heads");
    exchange.receiveHead(readHttpResponse(parse(frame.bytes)));
  }

  #begin({ id, type, bytes }: Frame): void {
    const isPast = this.#isOwn(id) ? id < this.#next : id <= this.#last;
    // Frames that were in flight when their exchange ended.
    if (isPast && type !== "head") return;
    if (isPast || this.#isOwn(id) || type !== "head") return breakRule("an exchange is unknown");
    this.#last = id;
    if (this.#exchanges.size - this.openCount >= this.#openLimit) {
      return breakRule("too many exchanges are open");
    }
    this.#requests.push(this.#open(id, readHttpRequest(parse(bytes))));
  }

  #send({ id, type, bytes }: Frame): void {
    if (this.#failure !== undefined) return;
    const length = HEADER_BYTES + bytes.length;
    if (this.#batchBytes + length > BATCH_BYTES) this.#endBatch();
    if (length > BATCH_BYTES) {
      const frame = new Uint8Array(length);
      writeFrame(frame, 0, id, type, bytes);
      this.#queue.push(frame);
    } else {
      writeFrame(this.#batch, this.#batchBytes, id, type, bytes);
      this.#batchBytes += length;
    }
    this.#queuedBytes += length;
    if (this.#queuedBytes > QUEUE_LIMIT_BYTES && this.#isHost) {
      return this.fail(
        new Exception("failed", "Cannot exchange HTTP with a cell: it does not read"),
      );
    }
    // Lazy frames wait for the frame that follows, and are sent with it.
    if (!LAZY.has(type)) this.#flush();
    if (this.#queuedBytes > 0) this.#queued.notify();
  }

  #endBatch(): void {
    if (this.#batchBytes > 0) this.#queue.push(this.#batch.slice(0, this.#batchBytes));
    this.#batchBytes = 0;
  }

  get #isBusy(): boolean {
    return this.#queuedBytes > QUEUE_LIMIT_BYTES / 2;
  }

  #flush(): void {
    const wasBusy = this.#isBusy;
    this.#offerQueue();
    if (!wasBusy || this.#isBusy) return;
    for (const exchange of this.#exchanges.values()) exchange.hasRoom();
  }

  #offerQueue(): void {
    const { sink } = this.#duplex;
    while (this.#queuedBytes > 0 && !sink.closed) {
      if (!sink.hasRoom(1)) return;
      if (this.#queue.length === 0) {
        this.#offerBatch(sink);
        continue;
      }
      const [first = NONE] = this.#queue;
      // `offer` may transfer the buffer, which leaves a length of 0.
      const { length } = first;
      const taken = sink.offer(first);
      this.#queuedBytes -= taken;
      if (taken === length) this.#queue.shift();
      else this.#queue[0] = first.slice(taken);
    }
  }

  #offerBatch(sink: ByteSink): void {
    const bytes = this.#batch.subarray(0, this.#batchBytes);
    const taken = sink.offer(sink.copies ? bytes : bytes.slice());
    this.#queuedBytes -= taken;
    this.#batchBytes = 0;
    if (taken < bytes.length) this.#queue.push(bytes.slice(taken));
  }
}

interface Frame extends HttpFrame {
  readonly id: number;
}

/** Four bytes, the low one first. */
function readWord(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  for (let byte = 0; byte < 4; byte++) bytes[at + byte] = word >>> (8 * byte);
}

function writeFrame(
  to: Uint8Array,
  at: number,
  id: number,
  type: Frame["type"],
  bytes: Uint8Array,
): void {
  writeWord(to, at, id);
  writeWord(to, at + 4, (bytes.length << 8) | TYPES.indexOf(type));
  to.set(bytes, at + HEADER_BYTES);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeText(bytes));
  } catch {
    return breakRule("a head is malformed");
  }
}

function breakRule(state: string): never {
  throw new Exception("failed", `Cannot exchange HTTP with a cell: ${state}`);
}

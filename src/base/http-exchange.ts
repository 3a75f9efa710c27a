/** One request and its response between a host and its cell: heads, bodies with credit, trailers, and an end for each. */
import type { ByteSink, ByteSource } from "./duplex.ts";
import { encodeText, decodeText } from "./bytes.ts";
import { Exception } from "./exception.ts";
import type { HttpHeader, HttpRequestHead, HttpResponseHead } from "./http-message.ts";
import { readHttpHeaders } from "./http-message.ts";
import { createNotice } from "./notice.ts";
import type { Notice } from "./notice.ts";
import { createInbox, createOutlet } from "./pipe.ts";
import type { Inbox, Outlet } from "./pipe.ts";

export interface HttpFrame {
  readonly type: "head" | "data" | "end" | "abort" | "credit" | "stop" | "done";
  readonly bytes: Uint8Array;
}

/** What an exchange needs of its channel. */
export interface HttpLine {
  pump(): void;
  send(frame: HttpFrame): void;
  /** Whether the queue is so full that bodies should add nothing to it. */
  isBusy(): boolean;
  /** Called when both sides know that the exchange has ended. */
  ended(): void;
}

/** The most unread bytes of a body. */
export const HTTP_WINDOW_BYTES: number = 64 * 1024;
const PIECE_BYTES = 32 * 1024;
const NONE = new Uint8Array(0);

/**
 * The side that begins it sends the request and receives the response; the other side answers.
 *
 * It ends once both bodies have ended, and the answering side has said that it is done.
 */
export class HttpExchange {
  readonly request: HttpRequestHead;
  /** The head of the response, once it was sent or received. */
  response: HttpResponseHead | undefined;
  /** The trailers of the incoming body, at the end of `source`. */
  trailers: readonly HttpHeader[] | undefined;
  /** The name of a case of `error-code`, once the exchange has failed. */
  failure: string | undefined;
  /** Whether the answering side is done. */
  isDone = false;
  /** Number of bytes of the outgoing body that were sent. */
  sentBytes = 0;
  /** Notified with each change. */
  readonly changed: Notice = createNotice();
  readonly #line: HttpLine;
  readonly #isOwn: boolean;
  /** Most exchanges have one body, and some have none: each is made when it is first asked for. */
  #inbox: Inbox | undefined;
  #source: ByteSource | undefined;
  #outlet: Outlet | undefined;
  #credit = HTTP_WINDOW_BYTES;
  #taken = 0;
  #hasEnded = false;
  #isFinished = false;

  constructor(
    line: HttpLine,
    options: { readonly request: HttpRequestHead; readonly isOwn: boolean },
  ) {
    this.#line = line;
    this.request = options.request;
    this.#isOwn = options.isOwn;
  }

  /** The incoming body: its reads fail if the exchange does. */
  get source(): ByteSource {
    this.#source ??= pumped(this.#openInbox().source, () => this.#line.pump());
    return this.#source;
  }

  /** The outgoing body. Closing the sink does not end the body: `finish` does. */
  get sink(): ByteSink {
    return this.#openOutlet().sink;
  }

  /** Whether the incoming body has ended, whole or not. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Processes what has arrived; for threads without an event loop. */
  pump(): void {
    this.#line.pump();
  }

  /** Tells the exchange that the channel has room for bodies again. */
  hasRoom(): void {
    this.#outlet?.changed();
  }

  /** What comes is not wanted, and what has not been read is dropped. */
  ignore(): void {
    if (this.#inbox === undefined) this.#stop();
    else this.#inbox.source[Symbol.dispose]();
  }

  /** Sends the head of the response. */
  respond(head: HttpResponseHead): void {
    if (this.response !== undefined || this.failure !== undefined) return;
    this.response = head;
    this.#line.send({ type: "head", bytes: encodeText(JSON.stringify(head)) });
  }

  /**
   * Sends the beginning of this side's body, at most the first window, even while the line is busy: the far end has granted
   * that much, and the caller has no other place for it.
   */
  sendFirst(bytes: Uint8Array): void {
    if (!this.#isFinished) this.#push(bytes);
  }

  /** Ends the outgoing body as complete; does nothing if it has ended. */
  finish(trailers: readonly HttpHeader[] = []): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#outlet?.stop();
    const bytes = trailers.length === 0 ? NONE : encodeText(JSON.stringify(trailers));
    this.#line.send({ type: "end", bytes });
    this.#settle();
  }

  /** The answering side is done with the exchange; what it has not finished by now fails. */
  done(): void {
    if (this.isDone) return;
    this.isDone = true;
    if (!this.#isFinished) this.abort("HTTP-response-incomplete");
    if (!this.#hasEnded) this.ignore();
    this.#line.send({ type: "done", bytes: NONE });
    this.#settle();
  }

  /** Fails both bodies, on both sides. */
  abort(code: string): void {
    if (this.failure !== undefined || (this.#isFinished && this.#hasEnded)) return;
    this.#line.send({ type: "abort", bytes: encodeText(code) });
    this.fail(code);
  }

  /** Fails both bodies, on this side. */
  fail(code: string): void {
    this.failure ??= code;
    this.#hasEnded = this.#isFinished = true;
    this.#inbox?.end(wasCut());
    this.#outlet?.stop();
    this.changed.notify();
    this.#settle();
  }

  receiveHead(head: HttpResponseHead): void {
    if (this.response !== undefined) breakRule("a response has two heads");
    this.response = head;
    this.changed.notify();
  }

  /** @throws {Exception} when the other side has broken a rule */
  receive({ type, bytes }: HttpFrame): void {
    switch (type) {
      case "data":
        return this.#receiveData(bytes);
      case "end":
        return this.#receiveEnd(bytes);
      case "abort":
        return this.fail(toCode(bytes));
      case "credit":
        return this.#receiveCredit(bytes);
      case "stop":
        this.#isFinished = true;
        this.#outlet?.stop();
        break;
      case "done":
        if (!this.#isOwn) breakRule("only the answering side can be done with an exchange");
        this.isDone = true;
        if (!this.#hasEnded) this.fail("HTTP-response-incomplete");
        break;
      case "head":
        break;
    }
    this.changed.notify();
    this.#settle();
  }

  #receiveData(bytes: Uint8Array): void {
    // Data that was in flight when the body was cancelled.
    if (this.#hasEnded) return;
    if (this.#isOwn && this.response === undefined) breakRule("a body has no head");
    const inbox = this.#openInbox();
    if (inbox.heldBytes + bytes.length > HTTP_WINDOW_BYTES) {
      breakRule("a body is longer than its credit");
    }
    // A copy: a view of one byte would keep everything that was read with it.
    inbox.push(bytes.slice());
  }

  #receiveEnd(bytes: Uint8Array): void {
    if (this.#hasEnded) return;
    if (this.#isOwn && this.response === undefined) breakRule("a body has no head");
    this.trailers = bytes.length === 0 ? [] : readHttpHeaders(JSON.parse(decodeText(bytes)));
    this.#hasEnded = true;
    this.#inbox?.end();
    this.changed.notify();
    this.#settle();
  }

  #receiveCredit(bytes: Uint8Array): void {
    const returned =
      bytes.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : NaN;
    const credit = this.#credit + returned;
    if (!(credit <= HTTP_WINDOW_BYTES)) breakRule("it gives credit for bytes that were not sent");
    this.#credit = credit;
    this.#outlet?.changed();
  }

  #openInbox(): Inbox {
    if (this.#inbox !== undefined) return this.#inbox;
    this.#inbox = createInbox({
      onTaken: (bytes) => this.#giveCredit(bytes),
      onDisposed: () => this.#stop(),
    });
    if (this.#hasEnded) this.#inbox.end(this.failure === undefined ? undefined : wasCut());
    return this.#inbox;
  }

  #openOutlet(): Outlet {
    if (this.#outlet !== undefined) return this.#outlet;
    this.#outlet = createOutlet({
      room: () => this.#room(),
      push: (bytes) => this.#push(bytes),
      end: (whole) => void (whole || this.abort("HTTP-response-incomplete")),
    });
    if (this.#isFinished) this.#outlet.stop();
    return this.#outlet;
  }

  #room(): number {
    // Credit comes by halves of the window. While there is enough, a head waits for the body, to be sent with it.
    if (this.#credit < HTTP_WINDOW_BYTES / 2 || this.#line.isBusy()) this.#line.pump();
    return this.#isFinished || this.#line.isBusy() ? 0 : this.#credit;
  }

  #push(bytes: Uint8Array): void {
    this.#credit -= bytes.length;
    this.sentBytes += bytes.length;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      this.#line.send({ type: "data", bytes: bytes.subarray(at, at + PIECE_BYTES) });
    }
  }

  #giveCredit(bytes: number): void {
    this.#taken += bytes;
    if (this.#hasEnded || this.#taken < HTTP_WINDOW_BYTES / 2) return;
    const word = new Uint8Array(4);
    new DataView(word.buffer).setUint32(0, this.#taken, true);
    this.#taken = 0;
    this.#line.send({ type: "credit", bytes: word });
  }

  #stop(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#line.send({ type: "stop", bytes: NONE });
    this.changed.notify();
    this.#settle();
  }

  #settle(): void {
    if (this.#hasEnded && this.#isFinished && this.isDone) this.#line.ended();
  }
}

/** A source whose `take` processes what has arrived first. */
function pumped(source: ByteSource, pump: () => void): ByteSource {
  return {
    take(limitBytes) {
      pump();
      return source.take(limitBytes);
    },
    get ended() {
      return source.ended;
    },
    ready: (options) => source.ready(options),
    read: (limitBytes, options) => source.read(limitBytes, options),
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

function wasCut(): Exception {
  return new Exception("disconnected", "HTTP message was cut before its end");
}

function toCode(bytes: Uint8Array): string {
  const text = decodeText(bytes.subarray(0, 64));
  return /^[\w-]+$/.test(text) ? text : "internal-error";
}

function breakRule(state: string): never {
  throw new Exception("failed", `Cannot exchange HTTP with a cell: ${state}`);
}

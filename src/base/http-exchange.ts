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
  /** Whether so much waits to be sent that no body should add to it. */
  isBusy(): boolean;
  /** Both sides know of the end. */
  ended(): void;
}

/** Unread bytes of each body. */
export const HTTP_WINDOW_BYTES: number = 64 * 1024;
const PIECE_BYTES = 32 * 1024;
const NONE = new Uint8Array(0);

/**
 * The side that began it sends a request and gets a response; the other side gets the one and sends the other.
 *
 * It is over once both bodies have ended, and the side that was asked has said that it is done with it.
 */
export class HttpExchange {
  readonly request: HttpRequestHead;
  /** Of the response, once it is there. */
  response: HttpResponseHead | undefined;
  /** That came, at the end of `source`. */
  trailers: readonly HttpHeader[] | undefined;
  /** Why it has failed, if it has: the name of a case of `error-code`. */
  failure: string | undefined;
  /** Whether the side that was asked is done. */
  isDone = false;
  /** How many bytes were sent as the body. */
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
    given: { readonly request: HttpRequestHead; readonly isOwn: boolean },
  ) {
    this.#line = line;
    this.request = given.request;
    this.#isOwn = given.isOwn;
  }

  /** What comes: its reads fail if the exchange does. */
  get source(): ByteSource {
    this.#source ??= pumped(this.#openInbox().source, () => this.#line.pump());
    return this.#source;
  }

  /** What goes. Closing it ends nothing: `finish` does. */
  get sink(): ByteSink {
    return this.#openOutlet().sink;
  }

  /** Whether all of `source` has come, or will not any more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Takes what has arrived; for threads without an event loop. */
  pump(): void {
    this.#line.pump();
  }

  /** More can be sent than a moment ago. */
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

  /** The body that goes is whole; does nothing once it has ended. */
  finish(trailers: readonly HttpHeader[] = []): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#outlet?.stop();
    const bytes = trailers.length === 0 ? NONE : encodeText(JSON.stringify(trailers));
    this.#line.send({ type: "end", bytes });
    this.#settle();
  }

  /** The side that was asked is done with it; what it has not finished by now fails. */
  done(): void {
    if (this.isDone) return;
    this.isDone = true;
    if (!this.#isFinished) this.abort("HTTP-response-incomplete");
    if (!this.#hasEnded) this.ignore();
    this.#line.send({ type: "done", bytes: NONE });
    this.#settle();
  }

  /** Ends both bodies, here and there. */
  abort(code: string): void {
    if (this.failure !== undefined || (this.#isFinished && this.#hasEnded)) return;
    this.#line.send({ type: "abort", bytes: encodeText(code) });
    this.fail(code);
  }

  /** Ends both bodies here. */
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
        if (!this.#isOwn) breakRule("an exchange is done that is not its own");
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
    // What was on its way when it was not wanted any more.
    if (this.#hasEnded) return;
    if (this.#isOwn && this.response === undefined) breakRule("a body has no head");
    const inbox = this.#openInbox();
    if (inbox.heldBytes + bytes.length > HTTP_WINDOW_BYTES) {
      breakRule("a body is longer than its credit");
    }
    // A copy: a piece of one byte would keep all that was read with it.
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
    const given =
      bytes.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : NaN;
    const credit = this.#credit + given;
    if (!(credit <= HTTP_WINDOW_BYTES)) breakRule("it gives credit for what was not sent");
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
    // Credit comes by halves of the window. While there is much, what waits to be sent, as a head, waits for the body.
    if (this.#credit < HTTP_WINDOW_BYTES / 2) this.#line.pump();
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

/** Takes what has arrived before it looks. */
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
  throw new Exception("failed", `HTTP of a cell is cut: ${state}`);
}

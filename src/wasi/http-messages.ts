/** The resources of `wasi:http/types` for requests that a guest answers, and for responses that it gets. */
import type { HttpExchange, HttpResponseHead } from "#base";
import {
  awaitExchange,
  BodyWriter,
  IncomingBody,
  ok,
  OutgoingBody,
  toErrorCode,
} from "./http-bodies.ts";
import type { HttpPowers } from "./http-bodies.ts";
import { HEADERS, SEAL, SEALED } from "./http-fields.ts";
import type { Fields } from "./http-fields.ts";
import { Pollable } from "./poll.ts";
import { refuse } from "./trap.ts";

/** A method or scheme; one without a case of its own has `val`. */
export interface Token {
  readonly tag: string;
  readonly val?: string;
}

const METHODS: ReadonlySet<string> = new Set([
  "get",
  "head",
  "post",
  "put",
  "delete",
  "connect",
  "options",
  "trace",
  "patch",
]);

/** A message that has arrived: its headers, and its body, which can be taken once. */
class Incoming {
  readonly #exchange: HttpExchange;
  readonly #powers: HttpPowers;
  readonly #headers: HttpResponseHead["headers"];
  #isConsumed = false;

  constructor(exchange: HttpExchange, powers: HttpPowers, headers: HttpResponseHead["headers"]) {
    this.#exchange = exchange;
    this.#powers = powers;
    this.#headers = headers;
  }

  headers(): Fields {
    return this.#powers.Fields[SEALED](this.#headers);
  }

  consume(): IncomingBody {
    if (this.#isConsumed) refuse(undefined);
    this.#isConsumed = true;
    return new IncomingBody(this.#exchange, this.#powers);
  }

  drop(): void {
    if (!this.#isConsumed) this.#exchange.ignore();
  }
}

/** The resource `incoming-request`. */
export class IncomingRequest {
  readonly #exchange: HttpExchange;
  readonly #message: Incoming;

  constructor(exchange: HttpExchange, powers: HttpPowers) {
    this.#exchange = exchange;
    this.#message = new Incoming(exchange, powers, exchange.request.headers);
  }

  method(): Token {
    const { method } = this.#exchange.request;
    const tag = method.toLowerCase();
    return method === method.toUpperCase() && METHODS.has(tag)
      ? { tag }
      : { tag: "other", val: method };
  }

  pathWithQuery(): string {
    return this.#exchange.request.path;
  }

  scheme(): Token {
    return { tag: this.#exchange.request.scheme.toUpperCase() };
  }

  authority(): string | undefined {
    const { authority } = this.#exchange.request;
    return authority === "" ? undefined : authority;
  }

  headers(): Fields {
    return this.#message.headers();
  }

  consume(): IncomingBody {
    return this.#message.consume();
  }

  [Symbol.dispose](): void {
    this.#message.drop();
  }
}

/** The resource `incoming-response`. */
export class IncomingResponse {
  readonly #status: number;
  readonly #message: Incoming;

  constructor(exchange: HttpExchange, powers: HttpPowers, head: HttpResponseHead) {
    this.#status = head.status;
    this.#message = new Incoming(exchange, powers, head.headers);
  }

  status(): number {
    return this.#status;
  }

  headers(): Fields {
    return this.#message.headers();
  }

  consume(): IncomingBody {
    return this.#message.consume();
  }

  [Symbol.dispose](): void {
    this.#message.drop();
  }
}

/** The resource `future-incoming-response`. */
export class FutureIncomingResponse {
  readonly #exchange: HttpExchange;
  readonly #powers: HttpPowers;
  #isTaken = false;

  constructor(exchange: HttpExchange, powers: HttpPowers) {
    this.#exchange = exchange;
    this.#powers = powers;
  }

  get #isSettled(): boolean {
    return this.#exchange.response !== undefined || this.#exchange.failure !== undefined;
  }

  subscribe(): Pollable {
    return new Pollable(
      awaitExchange(this.#exchange, () => this.#isSettled),
      this.#powers.waits,
    );
  }

  get(): unknown {
    this.#exchange.pump();
    if (!this.#isSettled) return undefined;
    if (this.#isTaken) return { tag: "err", val: undefined };
    this.#isTaken = true;
    const { response, failure = "" } = this.#exchange;
    if (response === undefined) return ok({ tag: "err", val: toErrorCode(failure) });
    return ok(ok(new IncomingResponse(this.#exchange, this.#powers, response)));
  }

  [Symbol.dispose](): void {
    if (!this.#isTaken) this.#exchange.abort("connection-terminated");
  }
}

// A symbol, since it is for the host only.
const SEND: unique symbol = Symbol("send");

export interface OutgoingResponse extends Disposable {
  [SEND](exchange: HttpExchange): void;
}

/** The class `outgoing-response` for one cell. */
export function createOutgoingResponseClass(
  powers: HttpPowers,
): new (headers: Fields) => OutgoingResponse {
  return class CellResponse implements OutgoingResponse {
    readonly #headers: Fields;
    #status = 200;
    #writer: BodyWriter | undefined;

    /** Takes over the headers. */
    constructor(headers: Fields) {
      this.#headers = headers;
    }

    statusCode(): number {
      return this.#status;
    }

    setStatusCode(status: number): void {
      if (status < 200 || status > 599) refuse(undefined);
      this.#status = status;
    }

    headers(): Fields {
      return this.#headers[SEAL]();
    }

    body(): OutgoingBody {
      if (this.#writer !== undefined) refuse(undefined);
      this.#writer = new BodyWriter(powers.quota, this.#headers);
      return new OutgoingBody(this.#writer, powers.waits);
    }

    [SEND](exchange: HttpExchange): void {
      exchange.respond({ status: this.#status, headers: this.#headers[HEADERS]() });
      if (this.#writer === undefined) exchange.finish();
      else this.#writer.attach(exchange);
    }

    [Symbol.dispose](): void {
      this.#writer?.cut();
      this.#headers[Symbol.dispose]();
    }
  };
}

/** The resource `response-outparam`: if the guest drops it without setting it, the request fails. */
export class ResponseOutparam {
  readonly #exchange: HttpExchange;
  #isSet = false;

  constructor(exchange: HttpExchange) {
    this.#exchange = exchange;
  }

  sendInformational(_status: number, headers: Fields): never {
    headers[Symbol.dispose]();
    return refuse({ tag: "internal-error", val: "informational responses are not sent" });
  }

  static set(
    param: ResponseOutparam,
    response:
      | { readonly tag: "ok"; readonly val: OutgoingResponse }
      | { readonly tag: "err"; readonly val: Token },
  ): void {
    param.#isSet = true;
    if (response.tag === "err") return param.#exchange.abort(response.val.tag);
    response.val[SEND](param.#exchange);
    response.val[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (!this.#isSet) this.#exchange.abort("internal-error");
  }
}

/** The resource `outgoing-request` of `wasi:http/types`: its strings are charged until it is sent or dropped. */
import type { HttpExchange, HttpRequestHead } from "#base";
import { BodyWriter, OutgoingBody } from "./http-bodies.ts";
import type { HttpPowers } from "./http-bodies.ts";
import { HEADERS, SEAL } from "./http-fields.ts";
import type { Fields } from "./http-fields.ts";
import type { Token } from "./http-messages.ts";
import { refuse } from "./trap.ts";

// Symbols, since these are for the host only: a component can name any method that has a string for a name.
export const HEAD: unique symbol = Symbol("head");
export const SEND: unique symbol = Symbol("send");

export interface OutgoingRequest extends Disposable {
  /** The head to be sent. */
  [HEAD](): HttpRequestHead;
  /** Begins to send the body. */
  [SEND](exchange: HttpExchange): void;
}

/** Engines store some strings with two bytes for each character. */
const LETTER_BYTES = 2;

/** The class for one cell. When the cell has no memory left for a field, it is refused like malformed text. */
export function createOutgoingRequestClass({
  quota,
  waits,
}: HttpPowers): new (headers: Fields) => OutgoingRequest {
  return class CellRequest implements OutgoingRequest {
    readonly #headers: Fields;
    #method: Token = { tag: "get" };
    #path: string | undefined;
    #scheme: Token | undefined;
    #authority: string | undefined;
    #writer: BodyWriter | undefined;

    /** Takes over the headers. */
    constructor(headers: Fields) {
      this.#headers = headers;
    }

    body(): OutgoingBody {
      if (this.#writer !== undefined) refuse(undefined);
      this.#writer = new BodyWriter(quota, this.#headers);
      return new OutgoingBody(this.#writer, waits);
    }

    method(): Token {
      return this.#method;
    }

    setMethod(method: Token): void {
      replace(this.#method.val, method.val);
      this.#method = method;
    }

    pathWithQuery(): string | undefined {
      return this.#path;
    }

    setPathWithQuery(path: string | undefined): void {
      replace(this.#path, path);
      this.#path = path;
    }

    scheme(): Token | undefined {
      return this.#scheme;
    }

    setScheme(scheme: Token | undefined): void {
      replace(this.#scheme?.val, scheme?.val);
      this.#scheme = scheme;
    }

    authority(): string | undefined {
      return this.#authority;
    }

    setAuthority(authority: string | undefined): void {
      replace(this.#authority, authority);
      this.#authority = authority;
    }

    headers(): Fields {
      return this.#headers[SEAL]();
    }

    [HEAD](): HttpRequestHead {
      const { tag, val } = this.#method;
      const scheme = this.#scheme ?? { tag: "HTTPS" };
      return {
        method: val ?? tag.toUpperCase(),
        scheme: (scheme.val ?? scheme.tag).toLowerCase(),
        authority: this.#authority ?? "",
        path: this.#path ?? "/",
        headers: this.#headers[HEADERS](),
      };
    }

    [SEND](exchange: HttpExchange): void {
      if (this.#writer === undefined) exchange.finish();
      else this.#writer.attach(exchange);
    }

    [Symbol.dispose](): void {
      this.#writer?.cut();
      this.#headers[Symbol.dispose]();
      const texts = [this.#method.val, this.#path, this.#scheme?.val, this.#authority];
      for (const text of texts) replace(text, undefined);
    }
  };

  function replace(before: string | undefined, after: string | undefined): void {
    const letters = (after?.length ?? 0) - (before?.length ?? 0);
    if (!quota.takeMemory(letters * LETTER_BYTES)) refuse(undefined);
  }
}

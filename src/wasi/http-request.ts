/** The resource `outgoing-request` of `wasi:http/types`: stores its fields; the request is never sent. */
import type { Quota } from "#vfs";
import type { Fields } from "./http-fields.ts";
import { refuse } from "./trap.ts";

/** A method or scheme that is none of those with a name of their own has text. */
interface Token {
  readonly tag: string;
  readonly val?: string;
}

/** Engines keep some texts with two bytes a letter. */
const LETTER_BYTES = 2;

/**
 * The class for one cell. A field is refused, as malformed text is, when the cell has no memory left for it.
 *
 * @param createBody what `body` gives
 */
export function createOutgoingRequestClass(
  quota: Quota,
  createBody: () => unknown,
): new (headers: Fields) => Disposable {
  return class OutgoingRequest {
    readonly #headers: Fields;
    #method: Token = { tag: "get" };
    #path: string | undefined;
    #scheme: Token | undefined;
    #authority: string | undefined;

    /** Takes the headers over. */
    constructor(headers: Fields) {
      this.#headers = headers;
    }

    body(): unknown {
      return createBody();
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
      return this.#headers.clone();
    }

    [Symbol.dispose](): void {
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

/**
 * `wasi:http`: there to be linked against; every request is refused with `HTTP-request-denied`.
 *
 * A guest may build headers and a request, since those calls cannot fail; nothing leaves the cell.
 */
import { refuse } from "./trap.ts";
import { Uninhabited } from "./uninhabited.ts";

/** The resource `fields`: header names without regard to case, values as bytes. */
class Fields {
  #entries: Array<[string, Uint8Array]> = [];

  static fromList(entries: ReadonlyArray<readonly [string, Uint8Array]>): Fields {
    const fields = new Fields();
    for (const [name, value] of entries) fields.append(name, value);
    return fields;
  }

  get(name: string): Uint8Array[] {
    return this.#entries.filter(([key]) => same(key, name)).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.#entries.some(([key]) => same(key, name));
  }

  set(name: string, values: readonly Uint8Array[]): void {
    this.delete(name);
    for (const value of values) this.append(name, value);
  }

  delete(name: string): void {
    this.#entries = this.#entries.filter(([key]) => !same(key, name));
  }

  append(name: string, value: Uint8Array): void {
    this.#entries.push([name, value]);
  }

  entries(): Array<[string, Uint8Array]> {
    return this.#entries.map(([name, value]) => [name, value]);
  }

  clone(): Fields {
    return Fields.fromList(this.#entries);
  }
}

/** The resource `outgoing-request`: keeps what it is told, for a request that is never sent. */
class OutgoingRequest {
  readonly #headers: Fields;
  #method: unknown = { tag: "get" };
  #path: string | undefined;
  #scheme: unknown;
  #authority: string | undefined;

  constructor(headers: Fields) {
    this.#headers = headers;
  }

  body(): OutgoingBody {
    return new OutgoingBody();
  }

  method(): unknown {
    return this.#method;
  }

  setMethod(method: unknown): void {
    this.#method = method;
  }

  pathWithQuery(): string | undefined {
    return this.#path;
  }

  setPathWithQuery(path: string | undefined): void {
    this.#path = path;
  }

  scheme(): unknown {
    return this.#scheme;
  }

  setScheme(scheme: unknown): void {
    this.#scheme = scheme;
  }

  authority(): string | undefined {
    return this.#authority;
  }

  setAuthority(authority: string | undefined): void {
    this.#authority = authority;
  }

  headers(): Fields {
    return this.#headers.clone();
  }
}

/** The resource `outgoing-body`: there is nowhere to write to. */
class OutgoingBody {
  write(): never {
    return refuse(undefined);
  }

  static finish(): never {
    return denied();
  }
}

/** The resource `request-options`. */
class RequestOptions {
  #connect: bigint | undefined;
  #firstByte: bigint | undefined;
  #betweenBytes: bigint | undefined;

  connectTimeout(): bigint | undefined {
    return this.#connect;
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.#connect = duration;
  }

  firstByteTimeout(): bigint | undefined {
    return this.#firstByte;
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#firstByte = duration;
  }

  betweenBytesTimeout(): bigint | undefined {
    return this.#betweenBytes;
  }

  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.#betweenBytes = duration;
  }
}

/** The resource `outgoing-response`: for a request that never came. */
class OutgoingResponse {
  readonly #headers: Fields;
  #status = 200;

  constructor(headers: Fields) {
    this.#headers = headers;
  }

  statusCode(): number {
    return this.#status;
  }

  setStatusCode(status: number): void {
    this.#status = status;
  }

  headers(): Fields {
    return this.#headers.clone();
  }

  body(): OutgoingBody {
    return new OutgoingBody();
  }
}

export function createHttp(): Record<string, Record<string, unknown>> {
  return {
    "wasi:http/outgoing-handler": { handle: denied },
    "wasi:http/types": {
      Fields,
      // There is no request to answer and no response to read.
      FutureIncomingResponse: Uninhabited,
      FutureTrailers: Uninhabited,
      IncomingBody: Uninhabited,
      IncomingRequest: Uninhabited,
      IncomingResponse: Uninhabited,
      OutgoingBody,
      OutgoingRequest,
      OutgoingResponse,
      RequestOptions,
      ResponseOutparam: Uninhabited,
      httpErrorCode: () => undefined,
    },
  };
}

function denied(): never {
  return refuse({ tag: "HTTP-request-denied" });
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/**
 * `wasi:http`: there to be linked against; every request is refused with `HTTP-request-denied`.
 *
 * A guest may build headers and a request, since those calls cannot fail; nothing leaves the cell.
 */
import type { Quota } from "#vfs";
import { createFieldsClass } from "./http-fields.ts";
import type { Fields } from "./http-fields.ts";
import { createOutgoingRequestClass } from "./http-request.ts";
import { refuse } from "./trap.ts";
import { Uninhabited } from "./uninhabited.ts";

/** The resource `outgoing-body`: there is nowhere to write to. */
class OutgoingBody {
  write(): never {
    return refuse(undefined);
  }

  static finish(_body: OutgoingBody, trailers: Fields | undefined): never {
    trailers?.[Symbol.dispose]();
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

  [Symbol.dispose](): void {
    this.#headers[Symbol.dispose]();
  }
}

/** No request leaves the cell. */
export const OUTGOING_HANDLER: Readonly<Record<string, unknown>> = {
  handle(request: Disposable) {
    request[Symbol.dispose]();
    denied();
  },
};

/** @param quota counts what the guest makes the host keep */
export function createHttpTypes(quota: Quota): Readonly<Record<string, unknown>> {
  return {
    Fields: createFieldsClass(quota),
    // There is no request to answer and no response to read.
    FutureIncomingResponse: Uninhabited,
    FutureTrailers: Uninhabited,
    IncomingBody: Uninhabited,
    IncomingRequest: Uninhabited,
    IncomingResponse: Uninhabited,
    OutgoingBody,
    OutgoingRequest: createOutgoingRequestClass(quota, () => new OutgoingBody()),
    OutgoingResponse,
    RequestOptions,
    ResponseOutparam: Uninhabited,
    httpErrorCode: () => undefined,
  };
}

function denied(): never {
  return refuse({ tag: "HTTP-request-denied" });
}

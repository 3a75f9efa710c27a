/**
 * `wasi:http`: requests that the host passes to the cell, and requests that the cell makes through the host.
 *
 * A cell without an HTTP client may build headers and a request, since those calls cannot fail; `handle` then refuses with
 * `HTTP-request-denied`, and nothing leaves the cell.
 */
import { HTTP_LIMITS, readHttpRequest, toMessage } from "#base";
import type { HttpChannel, HttpExchange, HttpRequestHead } from "#base";
import type { Quota } from "#vfs";
import { FutureTrailers, IncomingBody, OutgoingBody } from "./http-bodies.ts";
import type { HttpPowers } from "./http-bodies.ts";
import { createFieldsClass } from "./http-fields.ts";
import {
  createOutgoingResponseClass,
  FutureIncomingResponse,
  IncomingRequest,
  IncomingResponse,
  ResponseOutparam,
} from "./http-messages.ts";
import { createOutgoingRequestClass, HEAD, SEND } from "./http-request.ts";
import type { OutgoingRequest } from "./http-request.ts";
import { refuse } from "./trap.ts";
import type { Waits } from "./waits.ts";

/** A cell's access to HTTP. */
export interface WasiHttp {
  readonly channel: HttpChannel;
  /** Whether the cell may make requests. */
  readonly asks: boolean;
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

export interface HttpImports {
  readonly types: Readonly<Record<string, unknown>>;
  readonly outgoingHandler: Readonly<Record<string, unknown>>;
  /** The arguments of the guest's `handle`; the exchange is done when that returns. */
  toArguments(exchange: HttpExchange): readonly [request: unknown, outparam: unknown];
}

/** @param quota charged for what the guest makes the host keep */
export function createHttp(quota: Quota, waits: Waits, http: WasiHttp | undefined): HttpImports {
  const Fields = createFieldsClass(quota);
  const powers: HttpPowers = { quota, waits, Fields };
  return {
    types: {
      Fields,
      FutureIncomingResponse,
      FutureTrailers,
      IncomingBody,
      IncomingRequest,
      IncomingResponse,
      OutgoingBody,
      OutgoingRequest: createOutgoingRequestClass(powers),
      OutgoingResponse: createOutgoingResponseClass(powers),
      RequestOptions,
      ResponseOutparam,
      httpErrorCode: () => undefined,
    },
    outgoingHandler: {
      handle(request: OutgoingRequest) {
        using sent = request;
        if (http?.asks !== true) refuse({ tag: "HTTP-request-denied" });
        const { channel } = http;
        if (channel.openCount >= HTTP_LIMITS.outgoing) refuse({ tag: "connection-limit-reached" });
        const head = checkRequest(sent[HEAD]());
        if (channel.failure !== undefined) refuse({ tag: "connection-terminated" });
        const exchange = channel.request(head);
        sent[SEND](exchange);
        return new FutureIncomingResponse(exchange, powers);
      },
    },
    toArguments: (exchange) => [
      new IncomingRequest(exchange, powers),
      new ResponseOutparam(exchange),
    ],
  };
}

/** The host's check, made here first: the host cuts off a cell that sends a malformed request. */
function checkRequest(head: HttpRequestHead): HttpRequestHead {
  try {
    const checked = readHttpRequest(head);
    if (checked.authority !== "") return checked;
  } catch (error) {
    refuse({ tag: "internal-error", val: toMessage(error) });
  }
  return refuse({ tag: "HTTP-request-URI-invalid" });
}

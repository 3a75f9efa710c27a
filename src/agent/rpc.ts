/**
 * Connect, gRPC-web and gRPC over plain requests.
 *
 * The library's adapter for `fetch` leaves a handler waiting when only the body of its answer is cancelled, and a service worker
 * learns nothing else of a client that has disconnected. Here, the cancellation ends the exchange and the handler.
 */
import { Code, ConnectError, createConnectRouter } from "@connectrpc/connect";
import type { ConnectRouter } from "@connectrpc/connect";
import { LATE, readBody, toBody } from "./bodies.ts";
import type { Exchange } from "./bodies.ts";
import { BOUNDS } from "./bounds.ts";
import type { AgentPowers } from "./powers.ts";

export interface Rpc {
  isMethod(path: string): boolean;
  /** Takes over the exchange. */
  answer(request: Request, path: string, exchange: Exchange): Promise<Response>;
}

export function createRpc(register: (router: ConnectRouter) => void, powers: AgentPowers): Rpc {
  const router = createConnectRouter({ readMaxBytes: BOUNDS.messageBytes });
  register(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return {
    isMethod: (path) => handlers.has(path),
    async answer(request, path, exchange) {
      const handler = handlers.get(path);
      if (handler === undefined) throw new TypeError(`No method is at ${path}`);
      const { signal } = exchange;
      const header = new Headers(request.headers);
      // 0 means "no deadline" to clients; the library would end the call at once.
      if (header.get("connect-timeout-ms") === "0") header.delete("connect-timeout-ms");
      const { status, body, ...rest } = await handler({
        httpVersion: "2.0",
        method: request.method,
        url: request.url,
        header,
        body: readBody(request, signal, powers, toLate),
        signal,
      });
      const headers = new Headers(rest.header);
      headers.set("x-content-type-options", "nosniff");
      if (body === undefined) {
        exchange.end();
        return new Response(null, { status, headers });
      }
      const pieces = body[Symbol.asyncIterator]();
      return new Response(toBody(pieces, exchange, powers), { status, headers });
    },
  };
}

function toLate(): ConnectError {
  return new ConnectError(LATE, Code.DeadlineExceeded);
}

/** Requests that a cell makes by `wasi:http/outgoing-handler`, sent by the client that it was granted. */
import { Exception, readHttpResponse } from "#base";
import type { HttpChannel, HttpExchange } from "#base";
import { dup, serve } from "#capnp";
import { ByteStream } from "#schema";
import type { HttpClient } from "#schema";
import { serveSource } from "./byte-stream.ts";
import { sendBody } from "./http-exchange.ts";

/** Answers requests until the channel fails. Never rejects. @param client borrowed, during the call only */
export async function serveHttpCalls(channel: HttpChannel, client: HttpClient): Promise<void> {
  using own = dup(client);
  while (channel.failure === undefined) {
    const exchange = channel.takeRequest();
    if (exchange === undefined) await channel.arrived.wait();
    else void answerCall(exchange, own); // never rejects
  }
}

async function answerCall(exchange: HttpExchange, client: HttpClient): Promise<void> {
  const { method, scheme, authority, path, headers } = exchange.request;
  const over = new AbortController();
  const watching = (async () => {
    while (exchange.failure === undefined && !exchange.isDone) await exchange.changed.wait();
    over.abort("ended");
  })();
  const hasBody = method !== "GET" && method !== "HEAD";
  using body = hasBody ? serve(ByteStream, serveSource(exchange.source)) : null;
  try {
    using answer = await client.request(method, `${scheme}://${authority}${path}`, headers, body, {
      signal: over.signal,
    });
    exchange.respond(readHttpResponse({ status: answer.status, headers: answer.headers }));
    await sendBody(exchange, { body: answer.body });
  } catch (error) {
    exchange.abort(toCode(error));
  } finally {
    exchange.done();
    await watching;
  }
}

/** The WASI error code for the guest; only its owner learns the reason. */
function toCode(error: unknown): string {
  if (!(error instanceof Exception)) return "internal-error";
  if (error.refusal !== undefined) return "HTTP-request-denied";
  if (error.kind === "disconnected") return "destination-unavailable";
  return error.kind === "overloaded" ? "connection-timeout" : "internal-error";
}

/** Requests by capability over an exchange with a cell. @see capnp/common/serve.capnp HttpHandler */
import {
  Exception,
  HTTP_LIMITS,
  HTTP_WINDOW_BYTES,
  readHttpHeaders,
  withoutConnection,
} from "#base";
import type { ByteSource, HttpExchange, HttpHeader, Waiting } from "#base";
import { dup, isNull } from "#capnp";
import type { Init } from "#capnp";
import type {
  ByteStream,
  ByteStreamServer,
  HttpResponse,
  HttpTrailers,
  HttpTrailersServer,
} from "#schema";
import { readPieces, serveSource } from "./byte-stream.ts";

const PIECE_BYTES = 32 * 1024;

/** Resolves when the condition holds, or the exchange has failed. Rejects with the signal's reason. */
export async function untilExchange(
  exchange: HttpExchange,
  isSo: () => boolean,
  signal?: AbortSignal,
): Promise<void> {
  while (!isSo() && exchange.failure === undefined) await exchange.changed.wait({ signal });
}

/** Sends a message's body and trailers, until they or the exchange end. Borrows its arguments. Never rejects. */
export async function sendBody(
  exchange: HttpExchange,
  message: { readonly body: ByteStream; readonly trailers?: HttpTrailers },
): Promise<void> {
  const hasTrailers = message.trailers !== undefined && !isNull(message.trailers);
  if (isNull(message.body) && !hasTrailers) return exchange.finish();
  // Parameters are only lent for the call, and the body outlasts it.
  using body = dup(message.body);
  using trailers = message.trailers && dup(message.trailers);
  const over = new AbortController();
  void untilExchange(exchange, () => exchange.isDone || exchange.sink.closed).then(() =>
    over.abort("ended"),
  );
  try {
    if (!isNull(body)) await copyBody(body, exchange, over.signal);
    const last =
      trailers === undefined || isNull(trailers)
        ? []
        : (await trailers.read({ signal: over.signal })).trailers;
    exchange.finish(withoutConnection(readHttpHeaders(last)));
  } catch {
    // A cell need not read the whole body.
    if (!exchange.sink.closed) exchange.abort("connection-terminated");
  }
}

async function copyBody(
  body: ByteStream,
  { sink }: HttpExchange,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const idle = createIdle(() => over.abort("idle"));
  const either = AbortSignal.any([signal, over.signal]);
  try {
    idle.start();
    for await (const piece of readPieces(body, PIECE_BYTES, { signal: either })) {
      idle.stop();
      await sink.write(piece.slice(), { signal });
      idle.start();
    }
  } finally {
    idle.stop();
  }
}

/** How long a response waits for the rest of its body, to send it in one message with the head. */
const WHOLE_MS = 2;

/**
 * Whether the promise resolves to true within 2 ms: most bodies end right after their head, and a client has to ask for an
 * end that is sent apart. Never rejects.
 *
 * The thread sleeps meanwhile: a spinning thread would slow down a program that shares its processor.
 */
export function isSoon(isSo: Promise<boolean>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), WHOLE_MS);
  const settle = (soon: boolean): void => {
    clearTimeout(timer);
    resolve(soon);
  };
  isSo.then(settle, () => settle(false));
  return promise;
}

/** The head of the response, the part of its body that has arrived, and unless that is all, a stream for the rest. */
export function toResponse(exchange: HttpExchange): Init<HttpResponse> {
  const { status, headers: all } = exchange.response ?? { status: 502, headers: [] };
  const headers = withoutConnection(all);
  const { source, failure } = exchange;
  // The body of a failed exchange is left to the stream, whose read fails.
  const content = failure === undefined ? source.take(HTTP_WINDOW_BYTES) : new Uint8Array(0);
  // Taking receives what has arrived, perhaps the end with its trailers.
  const { trailers = [] } = exchange;
  if (source.ended && trailers.length === 0) return { status, headers, content };
  const [body, rest] = [serveBody(exchange), serveTrailers(exchange)];
  return { status, headers, content, body, trailers: rest };
}

/**
 * The body of a response, in pieces; each is valid until the next one is requested. The response is borrowed.
 *
 * @throws {Exception} the failure of a read, or the signal's reason
 */
export async function* readContent(
  { content, body }: Pick<HttpResponse, "content" | "body">,
  options: Waiting = {},
): AsyncGenerator<Uint8Array> {
  if (content.length > 0) yield content;
  if (!isNull(body)) yield* readPieces(body, undefined, options);
}

/** Releasing the body before its end aborts the exchange, and so does not reading it for `idleMs`. */
function serveBody(exchange: HttpExchange): ByteStreamServer & Disposable {
  const leave = (): void => {
    idle.stop();
    if (!exchange.hasEnded) exchange.abort("connection-terminated");
  };
  const idle = createIdle(leave);
  const source: Pick<ByteSource, "read"> & Disposable = {
    async read(...asked) {
      idle.stop();
      try {
        return await exchange.source.read(...asked);
      } finally {
        if (!exchange.source.ended) idle.start();
      }
    },
    [Symbol.dispose]: leave,
  };
  idle.start();
  return { ...serveSource(source), [Symbol.dispose]: leave };
}

function serveTrailers(exchange: HttpExchange): HttpTrailersServer {
  return {
    async read({ signal }): Promise<{ trailers: readonly HttpHeader[] }> {
      await untilExchange(exchange, () => exchange.hasEnded, signal);
      if (exchange.failure !== undefined) {
        throw new Exception("disconnected", "HTTP message was cut before its end");
      }
      return { trailers: withoutConnection(exchange.trailers ?? []) };
    },
  };
}

interface Idle {
  start(): void;
  stop(): void;
}

/** Calls back when `start` was called and `stop` was not for `idleMs`. */
function createIdle(onIdle: () => void): Idle {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => clearTimeout(timer);
  return {
    start() {
      stop();
      timer = setTimeout(onIdle, HTTP_LIMITS.idleMs);
    },
    stop,
  };
}

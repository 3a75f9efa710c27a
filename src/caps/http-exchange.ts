/** Requests by capability over an exchange with a cell. @see capnp/common/serve.capnp HttpHandler */
import { Exception, HTTP_LIMITS, readHttpHeaders, whenAborted, withoutConnection } from "#base";
import type { ByteSource, HttpExchange, HttpHeader } from "#base";
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

/** Resolves when it is so, or the exchange has failed. Rejects with the signal's reason. */
export async function untilExchange(
  exchange: HttpExchange,
  isSo: () => boolean,
  signal?: AbortSignal,
): Promise<void> {
  while (!isSo() && exchange.failure === undefined) await exchange.changed.wait({ signal });
}

/** Sends what a message has for a body, until its end or that of the exchange; what it is given is lent. Never rejects. */
export async function sendBody(
  exchange: HttpExchange,
  message: { readonly body: ByteStream; readonly trailers?: HttpTrailers },
): Promise<void> {
  // Parameters are lent as long as the call lasts, and the body lasts longer.
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
    // A cell need not read all of it.
    if (!exchange.sink.closed) exchange.abort("connection-terminated");
  }
}

async function copyBody(
  body: ByteStream,
  { sink }: HttpExchange,
  signal: AbortSignal,
): Promise<void> {
  const idle = createIdle(signal);
  idle.start();
  for await (const piece of readPieces(body, PIECE_BYTES, { signal: idle.signal })) {
    idle.stop();
    await sink.write(piece.slice(), { signal });
    idle.start();
  }
  idle.stop();
}

/** The head of a response that is there, and what reads the rest of it. @param ended called once, when it is read or released */
export function toResponse(exchange: HttpExchange): Init<HttpResponse> {
  const { status, headers } = exchange.response ?? { status: 502, headers: [] };
  return {
    status,
    headers: withoutConnection(headers),
    body: serveBody(exchange),
    trailers: serveTrailers(exchange),
  };
}

/** Released before its end, it cancels the exchange; so does a reader that stops for long. */
function serveBody(exchange: HttpExchange): ByteStreamServer & Disposable {
  const leave = (): void => {
    idle.stop();
    if (!exchange.hasEnded) exchange.abort("connection-terminated");
  };
  const idle = createIdle();
  whenAborted(idle.signal, leave);
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
  /** Aborts when nothing has gone on for long. */
  readonly signal: AbortSignal;
  start(): void;
  stop(): void;
}

function createIdle(ended?: AbortSignal): Idle {
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => clearTimeout(timer);
  if (ended !== undefined) whenAborted(ended, stop);
  return {
    signal: ended === undefined ? over.signal : AbortSignal.any([over.signal, ended]),
    start() {
      stop();
      if (ended?.aborted === true) return;
      timer = setTimeout(() => over.abort("idle"), HTTP_LIMITS.idleMs);
    },
    stop,
  };
}

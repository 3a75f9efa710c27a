/** Requests of Node's HTTP server as those of `fetch`, and answers back: streamed both ways, and ended from both sides. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";

/** How long what is left of a request may take once it was answered. */
const REST_MS = 5_000;
/** Of an answer, in bytes that wait for a slow reader. */
const PIECE_BYTES = 64 * 1024;

/** Answers requests of Node's server by a function of requests, which never throws. */
export function createNodeHandler(
  answer: (request: Request) => Promise<Response>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let asked: Request;
    try {
      asked = toRequest(request, response);
    } catch {
      const message = "the request has a method, an address or a host that makes no sense";
      const refused = Response.json({ code: 400, message }, { status: 400 });
      return await sendResponse(refused, request, response);
    }
    await sendResponse(await answer(asked), request, response);
  };
  return (request, response) => void handle(request, response); // never throws
}

/** The request; its signal fires when the client leaves before it has the whole answer. */
function toRequest(request: IncomingMessage, response: ServerResponse): Request {
  const leaving = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished)
      leaving.abort(new DOMException("The client left", "AbortError"));
  });
  const scheme = (request.socket as Partial<TLSSocket>).encrypted === true ? "https" : "http";
  const { method = "GET", url = "/" } = request;
  const headers = new Headers();
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? "";
    if (!name.startsWith(":")) headers.append(name, request.rawHeaders[at + 1] ?? "");
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(new URL(url, `${scheme}://${request.headers.host ?? "localhost"}`), {
    method,
    headers,
    signal: leaving.signal,
    ...(hasBody ? { body: toStream(request), duplex: "half" } : {}),
  });
}

/** Sends the answer. Resolves when it was sent, or the client has left. Never throws. */
async function sendResponse(
  answer: Response,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers: Record<string, string> = {};
  for (const [name, value] of answer.headers) headers[name] = value;
  if (response.destroyed) return void answer.body?.cancel().catch(() => undefined);
  response.writeHead(answer.status, headers);
  response.flushHeaders();
  if (answer.body !== null) await sendBody(answer.body, response);
  if (!response.destroyed) response.end();
  if (!request.complete) takeRest(request);
}

async function sendBody(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const gone = Promise.withResolvers<void>();
  let isGone = false;
  const onClose = (): void => {
    isGone = true;
    // Also while the next piece is awaited, which may take long.
    reader.cancel(new DOMException("The client left", "AbortError")).catch(() => undefined);
    gone.resolve();
  };
  response.once("close", onClose);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || isGone) return;
      if (response.write(value)) continue;
      const drained = new Promise<void>((resolve) => response.once("drain", resolve));
      await Promise.race([drained, gone.promise]);
    }
  } catch {
    // The answer broke: whoever reads it must not take it for whole.
    response.destroy();
  } finally {
    response.off("close", onClose);
  }
}

/** Not destroyed when cancelled: the connection still has the answer to carry. */
function toStream(request: IncomingMessage): ReadableStream<Uint8Array> {
  const pieces = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: PIECE_BYTES, size: (piece) => piece?.byteLength ?? 0 },
  );
}

/** The client may read the answer only once it has sent everything. */
function takeRest(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), REST_MS);
  request.once("close", () => clearTimeout(timer));
  request.once("end", () => clearTimeout(timer));
  request.resume();
}

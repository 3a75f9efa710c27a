/** Turns requests of Node's HTTP server into those of `fetch`, and answers back: streamed both ways, cancelled from both ends. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";

/** How long the rest of a request may take to arrive after the answer was sent. */
const REST_MS = 5_000;
/** Bytes of an answer that wait for a slow reader. */
const PIECE_BYTES = 64 * 1024;

/** A listener for Node's server that answers by `fetch`, which must not throw. */
export function createNodeHandler(
  answer: (request: Request) => Promise<Response>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let asked: Request;
    try {
      asked = toRequest(request, response);
    } catch {
      const message = "the method, the address or the host of the request is malformed";
      const refused = Response.json({ code: 400, message }, { status: 400 });
      return await sendResponse(refused, request, response);
    }
    await sendResponse(await answer(asked), request, response);
  };
  return (request, response) => void handle(request, response); // never throws
}

/** The request; its signal fires when the client disconnects before the whole answer was sent. */
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

/** Sends the answer. Resolves when it was sent, or the client has disconnected. Never throws. */
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
    // The next piece may take long to come, and the client disconnect meanwhile.
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
    // The answer broke off: the client must not take it for complete.
    response.destroy();
  } finally {
    response.off("close", onClose);
  }
}

/** The request is not destroyed when cancelled, since its connection still carries the answer. */
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

/** Some clients read the answer only after they have sent the whole request, so the rest is read and dropped. */
function takeRest(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), REST_MS);
  request.once("close", () => clearTimeout(timer));
  request.once("end", () => clearTimeout(timer));
  request.resume();
}

/** Answers requests to a Node server by an `HttpHandler`: streams bodies, and cancels the call when the client leaves. */
import { STATUS_CODES } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Duplex as NodeStream } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Exception, HTTP_LIMITS, isOfConnection, toException } from "#base";
import type { HttpHeader } from "#base";
import { isNull, serve } from "#capnp";
import { ByteStream, HttpTrailers } from "#schema";
import type { HttpHandler, HttpResponse } from "#schema";
import { readContent, readPieces, servePieces } from "#caps";

/** Headers that are sent only with an upgrade: otherwise Node writes its own headers of the connection. */
const OF_UPGRADE: ReadonlySet<string> = new Set(["connection", "upgrade"]);

/** Answers a request; never rejects. The handler is lent until it resolves. */
export async function answerByHandler(
  handler: HttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort(new Error("The client has left")));
  const body = hasBody(request) ? serve(ByteStream, servePieces(toPieces(request))) : null;
  const trailers = body === null ? null : serve(HttpTrailers, serveTrailers(request));
  try {
    using results = await handler.handle(
      { ...toHead(request), body, trailers },
      { signal: gone.signal },
    );
    const { response: answered } = results;
    if (gone.signal.aborted) return;
    response.writeHead(answered.status, toRawHeaders(answered.headers));
    // A stream of events may have its head long before its body.
    response.flushHeaders();
    const pieces = copyPieces(readContent(answered, { signal: gone.signal }));
    const wanted = hasContent(request, answered.status) ? findLength(answered.headers) : undefined;
    const whole = wanted === undefined ? pieces : requireLength(pieces, wanted);
    await pipeline(Readable.from(whole), response, { end: false });
    response.addTrailers(await readTrailers(answered));
    response.end();
  } catch (reason) {
    // Another one has answered meanwhile.
    if (response.writableEnded) return;
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { "content-type": "text/plain" }).end(`${explain(reason)}\n`);
  } finally {
    body?.[Symbol.dispose]();
    trailers?.[Symbol.dispose]();
  }
}

/** The same for a request that asks for an upgrade; takes over the socket. Never rejects. */
export async function upgradeByHandler(
  handler: HttpHandler,
  request: IncomingMessage,
  socket: NodeStream,
  head: Uint8Array,
): Promise<void> {
  const gone = new AbortController();
  // `close` follows.
  socket.on("error", () => undefined);
  socket.on("close", () => gone.abort(new Error("The client has left")));
  using incoming = serve(ByteStream, servePieces(withHead(head, socket)));
  try {
    using results = await handler.upgrade(toHead(request), incoming, { signal: gone.signal });
    const { response, outgoing } = results;
    const isUpgraded = response.status === 101 && !isNull(outgoing);
    const { signal } = gone;
    const pieces = isUpgraded
      ? readPieces(outgoing, undefined, { signal })
      : readContent(response, { signal });
    socket.write(toHeadText(response, isUpgraded));
    await pipeline(Readable.from(copyPieces(pieces)), socket);
    socket.end();
  } catch {
    socket.destroy();
  }
}

/** Why there is no answer, in our own words: a cell's message may have been written for somebody else. */
function explain(reason: unknown): string {
  return toException(reason).kind === "unimplemented"
    ? "The program serves no HTTP"
    : "The program failed to answer, or serves no HTTP";
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function toHead(request: IncomingMessage): {
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly scheme: string;
  readonly headers: HttpHeader[];
} {
  const { method = "GET", url = "/", headers, rawHeaders } = request;
  return {
    method,
    path: url,
    authority: headers.host ?? "",
    scheme: "http",
    headers: toHeaders(rawHeaders).filter(({ name }) => name.toLowerCase() !== "host"),
  };
}

function toHeaders(raw: readonly string[]): HttpHeader[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [{ name, value: raw[at + 1] ?? "" }] : []));
}

function toRawHeaders(headers: readonly HttpHeader[]): string[] {
  return headers.flatMap(({ name, value }) => (isOfConnection(name) ? [] : [name, value]));
}

/** The head of the answer to an upgrade request, which Node does not write. */
function toHeadText({ status, headers }: HttpResponse, isUpgraded: boolean): string {
  const kept = headers.filter(
    ({ name }) => !isOfConnection(name) || (isUpgraded && OF_UPGRADE.has(name.toLowerCase())),
  );
  const lines = kept.map(({ name, value }) => `${oneLine(name)}: ${oneLine(value)}`);
  if (!isUpgraded) lines.push("connection: close");
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", ""].join("\r\n");
}

/** Removes line ends, since any process may be the handler. */
function oneLine(text: string): string {
  return text.slice(0, HTTP_LIMITS.headerBytes).replaceAll(/[\r\n\0]/g, "");
}

/** The stream's default iterator would, when left early, destroy the socket that the response needs. */
async function* toPieces(request: Readable): AsyncGenerator<Uint8Array> {
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    yield piece as Uint8Array;
  }
}

async function* withHead(head: Uint8Array, socket: Readable): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* toPieces(socket);
}

/** Copies each piece, since a piece is valid only until the next one is read. */
async function* copyPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield piece.slice();
}

/** @see RFC 9112, section 6.3 */
function hasContent({ method }: IncomingMessage, status: number): boolean {
  return method !== "HEAD" && status !== 204 && status !== 304;
}

function findLength(headers: readonly HttpHeader[]): number | undefined {
  const found = headers.find(({ name }) => name.toLowerCase() === "content-length");
  return found === undefined ? undefined : Number(found.value);
}

/** A shorter body would keep the client waiting, and a longer one would be taken for the next response. */
async function* requireLength(
  pieces: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const piece of pieces) {
    left -= piece.length;
    if (left < 0) break;
    yield piece;
  }
  if (left !== 0)
    throw new Exception("failed", `The body does not have the announced ${bytes} bytes`);
}

function serveTrailers(request: IncomingMessage): { read(): { trailers: HttpHeader[] } } {
  return { read: () => ({ trailers: toHeaders(request.rawTrailers) }) };
}

async function readTrailers({ trailers }: HttpResponse): Promise<[string, string][]> {
  if (isNull(trailers)) return [];
  const { trailers: read } = await trailers.read();
  return read.map(({ name, value }) => [name, value]);
}

/**
 * The forwarder of a local node: sends requests of its own page to servers that allow no cross-origin requests.
 *
 * Only the page's own origin is served, at a path that cannot be guessed. The page decides what a cell may request; this
 * side checks addresses, bounds sizes, and streams bodies without buffering them.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { encodeHead, readForwardedHop, readFrame } from "#http";
import type { ForwardedHop } from "#http";
import { isOwnPage } from "./foreign.ts";
import type { RequestHandler } from "./gateway.ts";
import { openExchange, resolveByName } from "./node-sender.ts";
import type { Exchange, NodeSenderPowers } from "./node-sender.ts";

/** Requests at a time; further ones get status 503. */
const LIMIT_REQUESTS = 32;
/** Limit of a body in either direction: the most that any binding allows. */
const LIMIT_BYTES = 16 * 1024 * 1024;
const LIMIT_MS = 10 * 60_000;

export function createForwardHandler({
  resolve = resolveByName,
}: NodeSenderPowers = {}): RequestHandler {
  let open = 0;
  return async (request, response) => {
    const refuse = (status: number): void => void response.writeHead(status).end();
    if (!isOwnPage(request)) return refuse(403);
    if (request.method !== "POST") return refuse(405);
    if (open >= LIMIT_REQUESTS) return refuse(503);
    open++;
    try {
      await forward(request, response, resolve);
    } finally {
      open--;
    }
  };
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  resolve: NonNullable<NodeSenderPowers["resolve"]>,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(LIMIT_MS)]);
  try {
    const { head, body } = await readFrame(request);
    const hop = readForwardedHop(head);
    if (hop.bodyBytes > LIMIT_BYTES || hop.limitBytes > LIMIT_BYTES) {
      response.writeHead(413).end();
      return;
    }
    const outcome = await openExchange(hop, body, { resolve, signal });
    response.writeHead(200, {
      "cache-control": "no-store",
      "content-type": "application/octet-stream",
      "cross-origin-resource-policy": "same-origin",
    });
    await pipeline(Readable.from(encodeOutcome(outcome, hop), { objectMode: false }), response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else response.writeHead(error instanceof SyntaxError ? 400 : 502).end();
  }
}

/** A body that exceeds the limit is cut only behind it: the excess tells the page that the body is too long. */
async function* encodeOutcome(
  outcome: Exchange,
  { limitBytes }: ForwardedHop,
): AsyncGenerator<Uint8Array> {
  if (outcome.type !== "response") return yield encodeHead(outcome);
  const { body, ...head } = outcome;
  yield encodeHead(head);
  let length = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    length += piece.length;
    yield piece;
    if (length > limitBytes) return;
  }
}

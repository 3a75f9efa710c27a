/**
 * Sends requests from this process, which no browser guards: a name is resolved here, its addresses are checked, and the
 * connection goes to one that was checked. Nothing looks the name up a second time (DNS rebinding).
 */
import { lookup } from "node:dns/promises";
import { request as requestHttp } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { toMessage, untilAborted } from "#base";
import type { Waiting } from "#base";
import { isLocalhost, isRedirect, parseHttpUrl, readAddress, readBody } from "#http";
import type { ForwardedHop, HopOutcome, HopSender, HttpHeader } from "#http";
import { isPublicAddress } from "./public-address.ts";

/** All addresses of a name, as the system knows them. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export interface NodeSenderPowers {
  readonly resolve?: Resolve;
}

/** An outcome whose body still comes. */
export type Exchange =
  | Exclude<HopOutcome, { readonly type: "response" }>
  | {
      readonly type: "response";
      readonly status: number;
      readonly headers: readonly HttpHeader[];
      /** To be read to its end, or destroyed. */
      readonly body: IncomingMessage;
    };

/** @see RFC 6761, section 6.3: these names lead to this computer, whatever a resolver says */
const LOCALHOST = ["127.0.0.1", "::1"];

export function createNodeSender({ resolve = resolveByName }: NodeSenderPowers = {}): HopSender {
  return {
    way: "node",
    async send({ body, ...hop }, { signal } = {}) {
      const length = body?.length ?? 0;
      // A server may answer before it has read everything, and the caller's memory is lent until then.
      const pieces = body === undefined ? [] : [body.slice()];
      const outcome = await openExchange({ ...hop, bodyBytes: length }, pieces, {
        resolve,
        signal,
      });
      if (outcome.type !== "response") return outcome;
      try {
        const read = await readBody(outcome.body, hop.limitBytes);
        return read === undefined ? { type: "too-large" } : { ...outcome, body: read };
      } catch (error) {
        signal?.throwIfAborted();
        return { type: "unreachable", reason: `the answer broke off: ${toMessage(error)}` };
      }
    },
  };
}

/**
 * Sends one request, and resolves with the head of its answer. The signal ends the body, too.
 *
 * @param body pieces of `bodyBytes` bytes together
 */
export async function openExchange(
  hop: ForwardedHop,
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { resolve, signal }: Waiting & { readonly resolve: Resolve },
): Promise<Exchange> {
  signal?.throwIfAborted();
  const url = parseHttpUrl(hop.url);
  if ("unusable" in url) return { type: "unreachable", reason: `the URL ${url.unusable}` };
  try {
    // A resolver cannot be stopped.
    const addresses = await untilAborted(findAddresses(url.host, resolve), signal);
    if (!hop.mayBeLocal && !addresses.every((address) => isPublicAddress(address)))
      return { type: "local-address" };
    const send = url.scheme === "https" ? requestHttps : requestHttp;
    const request = send({
      // Without the brackets of an IPv6 address. A name is only for certificates: `lookup` knows the addresses.
      host: readAddress(url.host) ?? url.host,
      port: url.port,
      path: url.path + url.query,
      method: hop.method,
      setHost: false,
      headers: toHeaders(hop, url.origin.slice(`${url.scheme}://`.length)),
      // A connection that is kept was perhaps opened to another address.
      agent: false,
      lookup: answerWith(addresses),
      ...(signal && { signal }),
    });
    const response = await exchange(request, requireLength(body, hop.bodyBytes));
    return toExchange(response, hop.limitBytes);
  } catch (error) {
    signal?.throwIfAborted();
    return { type: "unreachable", reason: describeFailure(error) };
  }
}

/** What the system's resolver says. */
export async function resolveByName(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

async function findAddresses(host: string, resolve: Resolve): Promise<readonly string[]> {
  const address = readAddress(host);
  if (address !== undefined) return [address];
  if (isLocalhost(host)) return LOCALHOST;
  const addresses = await resolve(host);
  if (addresses.length === 0) throw new Error("its name has no address");
  return addresses;
}

function answerWith(addresses: readonly string[]): NonNullable<RequestOptions["lookup"]> {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, options, callback) => {
    const [first] = all;
    if (options.all === true) callback(null, all);
    else callback(null, first?.address ?? "", first?.family);
  };
}

function toHeaders(
  { method, headers, bodyBytes }: ForwardedHop,
  host: string,
): Record<string, string> {
  const length = method === "POST" ? { "content-length": String(bodyBytes) } : {};
  const own = headers.map(({ name, value }) => [name.toLowerCase(), value] as const);
  // Nothing here decodes an answer.
  return { ...Object.fromEntries(own), ...length, "accept-encoding": "identity", host };
}

async function exchange(
  request: ClientRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<IncomingMessage> {
  const responded = once(request, "response") as Promise<[IncomingMessage]>;
  // Without a listener, Node drops the connection of a server that changes the protocol, and says nothing.
  const { promise: unanswered, reject } = Promise.withResolvers<never>();
  request.on("upgrade", (_response, socket) => {
    socket.destroy();
    request.destroy();
    reject(new Error("it changed the protocol"));
  });
  request.on("close", () => reject(new Error("it closed the connection")));
  for (const each of [responded, unanswered]) each.catch(() => undefined);
  const sent = pipeline(Readable.from(body, { objectMode: false }), request);
  // A server may answer before it has read everything, and close.
  sent.catch(() => undefined);
  const [response] = await Promise.race([responded, unanswered]);
  // Without listeners, an error of a request that was ended would end the process; readers of the body get it there.
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  return response;
}

/** To a server, bytes beyond the length that was announced are the beginning of another request. */
async function* requireLength(
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  lengthBytes: number,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > lengthBytes) break;
    yield piece;
  }
  if (length !== lengthBytes) throw new Error("the body has another length than was announced");
}

function toExchange(response: IncomingMessage, limitBytes: number): Exchange {
  const { statusCode: status = 0, headers } = response;
  const { location } = headers;
  if (isRedirect(status) && location !== undefined) {
    response.destroy();
    return { type: "redirect", status, location };
  }
  if (Number(headers["content-length"] ?? 0) > limitBytes) {
    response.destroy();
    return { type: "too-large" };
  }
  return { type: "response", status, headers: listHeaders(response.rawHeaders), body: response };
}

function listHeaders(raw: readonly string[]): HttpHeader[] {
  const listed: HttpHeader[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    listed.push({ name: raw[at] ?? "", value: raw[at + 1] ?? "" });
  }
  return listed;
}

const FAILURES: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name cannot be looked up now",
  ECONNREFUSED: "it refuses the connection",
  ECONNRESET: "it closed the connection",
  HPE_HEADER_OVERFLOW: "the headers of its answer are too long",
};

/** Of an error, the code alone: messages repeat what was sent. */
function describeFailure(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== "string") return toMessage(error);
  return FAILURES[code] ?? `the connection failed with ${code}`;
}

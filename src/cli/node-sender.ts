/**
 * Sends requests from this process, which no browser guards: the name is resolved once, all its addresses are checked, and
 * the connection goes to a checked one. A second lookup would allow DNS rebinding.
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

/** Resolves a name to all its addresses. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export interface NodeSenderPowers {
  readonly resolve?: Resolve;
}

/** An outcome whose body is still arriving. */
export type Exchange =
  | Exclude<HopOutcome, { readonly type: "response" }>
  | {
      readonly type: "response";
      readonly status: number;
      readonly headers: readonly HttpHeader[];
      /** The caller reads it to its end, or destroys it. */
      readonly body: IncomingMessage;
    };

/** @see RFC 6761, section 6.3: these names lead to this computer, whatever a resolver says */
const LOCALHOST = ["127.0.0.1", "::1"];

export function createNodeSender({ resolve = resolveByName }: NodeSenderPowers = {}): HopSender {
  return {
    way: "node",
    async send({ body, ...hop }, { signal } = {}) {
      const length = body?.length ?? 0;
      // Copied: the caller's memory is lent until the answer, and a server may answer before it has read everything.
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
 * Sends one request, and resolves with the head of the answer. The signal also ends the body.
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
    // The resolver itself cannot be cancelled.
    const addresses = await untilAborted(findAddresses(url.host, resolve), signal);
    if (!hop.mayBeLocal && !addresses.every((address) => isPublicAddress(address)))
      return { type: "local-address" };
    const send = url.scheme === "https" ? requestHttps : requestHttp;
    const request = send({
      // An IPv6 address has no brackets here. A name is used only for certificates, since `lookup` has the addresses.
      host: readAddress(url.host) ?? url.host,
      port: url.port,
      path: url.path + url.query,
      method: hop.method,
      setHost: false,
      headers: toHeaders(hop, url.origin.slice(`${url.scheme}://`.length)),
      // A reused connection might lead to another address.
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

/** Resolves a name by the system's resolver. */
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
  // Answers are not decoded here.
  return { ...Object.fromEntries(own), ...length, "accept-encoding": "identity", host };
}

async function exchange(
  request: ClientRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<IncomingMessage> {
  const responded = once(request, "response") as Promise<[IncomingMessage]>;
  // Without a listener, Node silently drops the connection of a server that changes the protocol.
  const { promise: unanswered, reject } = Promise.withResolvers<never>();
  request.on("upgrade", (_response, socket) => {
    socket.destroy();
    request.destroy();
    reject(new Error("it changed the protocol"));
  });
  request.on("close", () => reject(new Error("it closed the connection")));
  for (const outcome of [responded, unanswered]) outcome.catch(() => undefined);
  const sent = pipeline(Readable.from(body, { objectMode: false }), request);
  // A server may answer before it has read everything, and close.
  sent.catch(() => undefined);
  const [response] = await Promise.race([responded, unanswered]);
  // Without listeners, an error of an aborted request would end the process; readers of the body still get it.
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  return response;
}

/** Requires the announced length: a server would take bytes beyond it for the beginning of another request. */
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
  if (length !== lengthBytes) throw new Error("the length of the body is not the announced one");
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

/** Describes an error by its code only, since Node's messages repeat what was sent. */
function describeFailure(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== "string") return toMessage(error);
  return FAILURES[code] ?? `the connection failed with ${code}`;
}

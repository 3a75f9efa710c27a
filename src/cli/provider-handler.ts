/** Serves providers of content at `/routing/v1/providers/<cid>`, and announces this node as one when its owner asks. */
import type { IncomingMessage } from "node:http";
import { toMessage } from "#base";
import { parseImageName } from "#image";
import type { CID } from "multiformats/cid";
import { COMMON_HEADERS } from "./gateway.ts";
import type { RequestHandler } from "./gateway.ts";
import type { Providing } from "./mesh/providing.ts";

export interface ProviderPowers extends Providing {
  /** Whether this node has the content. */
  has(cid: CID): Promise<boolean>;
}

interface Answer {
  readonly status: number;
  /** A sentence, or an object to send as JSON. */
  readonly body: string | object;
}

export const PROVIDERS_PATH = "/routing/v1/providers/";
const METHODS = "GET, HEAD, PUT, OPTIONS";
const LIMIT_PROVIDERS = 20;

/**
 * A handler for the paths below `PROVIDERS_PATH`.
 *
 * `GET` gives the providers that the node's hash table knows, with status 404 if there are none. `PUT`, without a body,
 * makes the node announce itself as one: 204, or 404 for content that it does not have.
 *
 * @see https://specs.ipfs.tech/routing/http-routing-v1/
 */
export function createProviderHandler(powers: ProviderPowers): RequestHandler {
  return async (request, response) => {
    const { status, body } = await answer(request, powers);
    const isList = typeof body === "object";
    const text = isList ? JSON.stringify(body) : body === "" ? "" : `${body}\n`;
    response.writeHead(status, {
      ...COMMON_HEADERS,
      "access-control-allow-methods": METHODS,
      ...(status === 405 && { allow: METHODS }),
      "cache-control": "no-store",
      "content-type": isList ? "application/json" : "text/plain; charset=utf-8",
    });
    response.end(request.method === "HEAD" ? undefined : text);
  };
}

async function answer(request: IncomingMessage, powers: ProviderPowers): Promise<Answer> {
  const { method = "GET", url = "" } = request;
  if (method === "OPTIONS") return { status: 204, body: "" };
  if (method !== "GET" && method !== "HEAD" && method !== "PUT") {
    return { status: 405, body: `Providers are read with GET and made with PUT, not ${method}` };
  }
  const text = new URL(url, "http://node").pathname.slice(PROVIDERS_PATH.length);
  const name = parseImageName(text);
  if (name.type !== "name" || name.program !== undefined) {
    const body = name.type === "unreadable" ? name.reason : "Only a CID has providers";
    return { status: 400, body };
  }
  const { cid } = name;
  try {
    if (method === "PUT") {
      if (!(await powers.has(cid))) {
        return { status: 404, body: `This node does not have "${cid.toString()}": serve it first` };
      }
      await powers.provide(cid);
      return { status: 204, body: "" };
    }
    const found = await powers.findProviders(cid, LIMIT_PROVIDERS);
    const list = found.map(({ id, addresses }) => ({ Schema: "peer", ID: id, Addrs: addresses }));
    return { status: list.length === 0 ? 404 : 200, body: { Providers: list } };
  } catch (reason) {
    return { status: 500, body: toMessage(reason) };
  }
}

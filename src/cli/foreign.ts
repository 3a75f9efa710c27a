/**
 * Which requests reach the local node from this computer's own pages and programs.
 *
 * It listens on 127.0.0.1 only, but any page can name that address, and a name of its own that leads there (DNS rebinding),
 * after which the browser takes the node for the page's own server.
 */
import type { IncomingMessage } from "node:http";

/** Why a request is refused, as a sentence; `undefined` for those that are served. */
export function findForeign({
  headers,
}: Pick<IncomingMessage, "headers">): { readonly reason: string } | undefined {
  const { host = "", origin } = headers;
  if (!isLoopback(`http://${host}`)) {
    return { reason: "This node answers to 127.0.0.1 and localhost, under no other name" };
  }
  const isForeign =
    origin === undefined
      ? headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-mode"] !== "navigate"
      : !isLoopback(origin);
  return isForeign ? { reason: "This node answers no pages of other sites" } : undefined;
}

/** Whether the request comes from a page of this very node, and not from another server of this computer. */
export function isOwnPage({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers.host !== undefined && headers.origin === `http://${headers.host}`;
}

function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return /^(?:127\.0\.0\.1|\[::1\]|(?:.+\.)?localhost)$/.test(hostname);
}

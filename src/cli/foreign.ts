/**
 * Tells requests of this computer's own pages and programs from foreign ones.
 *
 * The local node listens on 127.0.0.1 only, but any page can name that address, or let a name of its own resolve to it (DNS
 * rebinding), after which the browser takes the node for the page's own server.
 */
import type { IncomingMessage } from "node:http";

/**
 * Why a request is refused, as a sentence; `undefined` for those that are served.
 *
 * @param names further names that this node answers to: its certificate's, which no other site's page can have
 */
export function findForeign(
  { headers }: Pick<IncomingMessage, "headers">,
  names: readonly string[] = [],
): { readonly reason: string } | undefined {
  const { host = "", origin } = headers;
  if (!isOwn(`http://${host}`, names)) {
    return { reason: "This node answers to 127.0.0.1 and localhost, under no other name" };
  }
  const isForeign =
    origin === undefined
      ? headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-mode"] !== "navigate"
      : !isOwn(origin, names);
  return isForeign ? { reason: "This node answers no pages of other sites" } : undefined;
}

/** The name of the preview that a request is for: `name` in `name.localhost`. This node treats its pages as foreign. */
export function findPreviewName({ headers }: Pick<IncomingMessage, "headers">): string | undefined {
  return /^([^.:]+)\.localhost(?::\d+)?$/i.exec(headers.host ?? "")?.[1]?.toLowerCase();
}

/** Whether the request comes from a page of this node, not of another server of this computer. */
export function isOwnPage({ headers }: Pick<IncomingMessage, "headers">): boolean {
  const { host, origin } = headers;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

function isOwn(address: string, names: readonly string[]): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  if (names.includes(hostname)) return true;
  return /^(?:127\.0\.0\.1|\[::1\]|localhost)$/.test(hostname);
}

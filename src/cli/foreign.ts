/**
 * Which requests reach the local node from this computer's own pages and programs.
 *
 * It listens on 127.0.0.1 only, but any page can name that address, and a name of its own that leads there (DNS rebinding),
 * after which the browser takes the node for the page's own server.
 */
import type { IncomingMessage } from "node:http";

/**
 * Why a request is refused, as a sentence; `undefined` for those that are served.
 *
 * @param names under which this node answers beside those of this computer: its certificate's, which no other page can have
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

/** The name of the preview that a request is for: `name` in `name.localhost`, whose pages are strangers to this node. */
export function findPreviewName({ headers }: Pick<IncomingMessage, "headers">): string | undefined {
  return /^([^.:]+)\.localhost(?::\d+)?$/i.exec(headers.host ?? "")?.[1]?.toLowerCase();
}

/** Whether the request comes from a page of this very node, and not from another server of this computer. */
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

/** Sends requests by a browser's `fetch`, so servers must allow cross-origin requests. */
import { toMessage } from "#base";
import { parseHttpUrl } from "./parse-url.ts";
import type { Fetch, HopSender, HttpHeader } from "./hop.ts";
import { readBody, readPieces } from "./read-body.ts";

/** Headers that are wrong once the browser has decoded the body. */
const OF_TRANSFER: ReadonlySet<string> = new Set(["content-encoding", "content-length"]);

/** A sender for a worker whose Content-Security-Policy allows HTTPS, and HTTP to this computer. */
export function createTabSender(fetch: Fetch): HopSender {
  return {
    way: "tab",
    async send({ method, url, headers, body, limitBytes }, { signal } = {}) {
      signal?.throwIfAborted();
      if (!isAllowedByPolicy(url)) {
        const reason =
          "a tab sends plain HTTP to 127.0.0.1 and localhost only; `ww up --forward` could reach it";
        return { type: "unreachable", reason };
      }
      let response: Response;
      try {
        response = await fetch(url, {
          method,
          headers: headers.map(({ name, value }): [string, string] => [name, value]),
          ...(method === "POST" && { body: (body ?? new Uint8Array()) as Uint8Array<ArrayBuffer> }),
          mode: "cors",
          credentials: "omit",
          cache: "no-store",
          referrerPolicy: "no-referrer",
          // With "error", a redirect would look like a server that allows no other origins.
          redirect: "manual",
          signal: signal ?? null,
        });
      } catch {
        signal?.throwIfAborted();
        return { type: "unreadable" };
      }
      if (response.type === "opaqueredirect") return { type: "hidden-redirect" };
      try {
        const read = await readBody(readPieces(response.body), limitBytes);
        if (read === undefined) return { type: "too-large" };
        const { status } = response;
        return { type: "response", status, headers: listHeaders(response.headers), body: read };
      } catch (error) {
        signal?.throwIfAborted();
        return { type: "unreachable", reason: `the answer broke off: ${toMessage(error)}` };
      }
    },
  };
}

/** @see src/cli/page-server.ts */
function isAllowedByPolicy(text: string): boolean {
  const url = parseHttpUrl(text);
  if ("unusable" in url) return false;
  return url.scheme === "https" || ["127.0.0.1", "localhost"].includes(url.host);
}

function listHeaders(headers: Headers): HttpHeader[] {
  const listed: HttpHeader[] = [];
  for (const [name, value] of headers) if (!OF_TRANSFER.has(name)) listed.push({ name, value });
  return listed;
}

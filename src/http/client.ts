/** Makes requests within a binding: all of a request is checked before it is sent, and again for each redirect. */
import type { ExceptionKind, Waiting } from "#base";
import { checkTarget, describeHttpBinding } from "./binding.ts";
import type { HttpBinding, HttpLimits } from "./binding.ts";
import type { HopOutcome, HopSender, HttpHeader, HttpHop, HttpMethod, HttpWay } from "./hop.ts";
import { parseHttpUrl } from "./parse-url.ts";
import type { HttpUrl } from "./parse-url.ts";
import { findHeaderTrouble } from "./request-headers.ts";
import { createRedaction, filterHeaders } from "./response-headers.ts";

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers: readonly HttpHeader[];
  /** The body of a POST; borrowed until the answer has arrived. */
  readonly body?: Uint8Array | undefined;
}

export type HttpOutcome =
  | {
      readonly type: "response";
      readonly status: number;
      readonly headers: readonly HttpHeader[];
      readonly body: Uint8Array;
    }
  /** The binding does not allow the request. */
  | { readonly type: "refused"; readonly reason: string }
  /** The request was allowed, and failed. */
  | { readonly type: "failed"; readonly kind: ExceptionKind; readonly reason: string };

export interface BoundHttp {
  /** Its binding in words, without secrets. */
  readonly label: string;
  /** The limits on the number of requests, which the caller must count. */
  readonly quota: Pick<HttpLimits, "calls" | "rate">;
  /**
   * The answer, or one sentence that says why there is none and contains no more of the URL than its origin.
   *
   * @throws {unknown} the signal's reason; the signal ends the request.
   */
  send(request: HttpRequest, options?: Waiting): Promise<HttpOutcome>;
}

const LIMIT_REDIRECTS = 10;
const WAYS: Readonly<Record<HttpWay, string>> = {
  tab: "from the tab",
  forwarder: "through the forwarder of the local node",
  node: "from this computer",
};
/** Advice when a tab cannot reach a server, but the local node may. */
const HINT = "`ww up --forward` could reach it";

/** A client of the servers that the binding names. It enforces all limits except the quota. */
export function createHttpClient(binding: HttpBinding, sender: HopSender): BoundHttp {
  const { limits } = binding;
  const redact = createRedaction(binding.attached);
  let open = 0;
  return {
    label: describeHttpBinding(binding),
    quota: { calls: limits.calls, rate: limits.rate },
    async send(request, { signal } = {}) {
      signal?.throwIfAborted();
      const url = parseHttpUrl(request.url);
      const title = "unusable" in url ? request.method : `${request.method} ${url.origin}`;
      const refuse = (reason: string): HttpOutcome => ({
        type: "refused",
        reason: `Cannot ${title}: ${reason}`,
      });
      if ("unusable" in url) return refuse(`the URL ${url.unusable}`);
      const trouble = findTrouble(binding, request);
      if (trouble !== undefined) return refuse(trouble);
      if (open >= limits.concurrent) {
        const reason = `Cannot ${title}: ${limits.concurrent} requests are in flight already`;
        return { type: "failed", kind: "overloaded", reason };
      }
      open++;
      const timeout = AbortSignal.timeout(limits.timeoutMs);
      try {
        const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
        const outcome = await follow(binding, sender, request, url, either);
        if (outcome.type === "response") return outcome;
        // The target of a redirect is text from the server.
        return { ...outcome, reason: redact(outcome.reason) };
      } catch (error) {
        signal?.throwIfAborted();
        if (!timeout.aborted) throw error;
        const state = `the answer was not complete within ${limits.timeoutMs / 1000} s`;
        return {
          type: "failed",
          kind: "overloaded",
          reason: `Cannot ${title} ${WAYS[sender.way]}: ${state}`,
        };
      } finally {
        open--;
      }
    },
  };
}

/** The first rule that a request breaks, apart from its URL; `undefined` if it breaks none. */
function findTrouble(
  { methods, attached, limits }: HttpBinding,
  request: HttpRequest,
): string | undefined {
  const { method, headers, body } = request;
  if (!methods.includes(method)) return "the method is not among those that were granted";
  if ((body?.length ?? 0) > limits.requestBytes) {
    return `the body is longer than the limit of ${limits.requestBytes} bytes`;
  }
  return findHeaderTrouble(
    headers,
    attached.map(({ name }) => name),
  );
}

/** Sends the request, and follows redirects that the binding allows. */
async function follow(
  binding: HttpBinding,
  sender: HopSender,
  { method, headers, body }: HttpRequest,
  first: HttpUrl,
  signal: AbortSignal,
): Promise<HttpOutcome> {
  const { attached, limits } = binding;
  const title = `Cannot ${method} ${first.origin}`;
  const refuse = (reason: string): HttpOutcome => ({
    type: "refused",
    reason: `${title}: ${reason}`,
  });
  let [url, own] = [first, headers];
  for (let redirects = 0; ; redirects++) {
    const target = checkTarget(binding, url);
    if (target.type === "denied") {
      if (redirects === 0) return refuse(target.reason);
      return refuse(`a redirect leads to ${url.origin}: ${target.reason}`);
    }
    const hop: HttpHop = {
      method,
      url: url.href,
      headers: [...own, ...attached.map(({ name, value }) => ({ name, value: value.reveal() }))],
      body,
      limitBytes: limits.responseBytes,
      mayBeLocal: target.mayBeLocal,
    };
    const outcome = await sender.send(hop, { signal });
    if (outcome.type === "response") {
      return { ...outcome, headers: filterHeaders(outcome.headers, attached) };
    }
    if (outcome.type !== "redirect") return explain(outcome, sender.way, title, url, limits);
    const { status, location } = outcome;
    if (redirects === LIMIT_REDIRECTS)
      return refuse(`more than ${LIMIT_REDIRECTS} redirects follow each other`);
    if (method === "POST" && status !== 307 && status !== 308) {
      return refuse(`a redirect with status ${status} would make a GET of it`);
    }
    const next = resolveLocation(location, url);
    if ("unusable" in next) return refuse(`a redirect leads to a URL that ${next.unusable}`);
    // A login for one server must not reach another. @see https://fetch.spec.whatwg.org/#http-redirect-fetch
    if (next.origin !== url.origin)
      own = own.filter(({ name }) => name.toLowerCase() !== "authorization");
    url = next;
  }
}

/** Resolves a location by our own parser; one that parsers read differently is refused. */
function resolveLocation(location: string, from: HttpUrl): ReturnType<typeof parseHttpUrl> {
  if (/^[a-z][\w+.-]*:/i.test(location)) return parseHttpUrl(location);
  if (location.startsWith("//")) return parseHttpUrl(`${from.scheme}:${location}`);
  if (location.startsWith("/")) return parseHttpUrl(from.origin + location);
  if (location.startsWith("?")) return parseHttpUrl(from.origin + from.path + location);
  if (location.startsWith("#") || location === "") return parseHttpUrl(from.href);
  return parseHttpUrl(from.origin + from.path.slice(0, from.path.lastIndexOf("/") + 1) + location);
}

/** The failure of a hop that gave neither an answer nor a redirect to follow. */
function explain(
  outcome: Exclude<HopOutcome, { readonly type: "response" | "redirect" }>,
  way: HttpWay,
  title: string,
  { origin }: HttpUrl,
  { responseBytes }: HttpLimits,
): HttpOutcome {
  const sentence = (state: string): string => `${title} ${WAYS[way]}: ${state}`;
  switch (outcome.type) {
    case "hidden-redirect":
      return {
        type: "refused",
        reason: sentence(`the server redirects, and a browser does not tell where to; ${HINT}`),
      };
    case "too-large":
      return {
        type: "refused",
        reason: sentence(`the answer is longer than the limit of ${responseBytes} bytes`),
      };
    case "local-address":
      return {
        type: "refused",
        reason: sentence(`the name in ${origin} leads to an address that is not public`),
      };
    case "unreadable": {
      const state = "the server cannot be reached, or does not allow cross-origin requests";
      return { type: "failed", kind: "failed", reason: sentence(`${state}; ${HINT}`) };
    }
    case "unreachable":
      return { type: "failed", kind: "disconnected", reason: sentence(outcome.reason) };
    default:
      return outcome satisfies never;
  }
}

/** The binding of an HTTP client: the hosts, paths and methods that it may use, headers of its owner, limits. */
import { readAddress, isLocalhost, parseHttpUrl } from "./parse-url.ts";
import type { HttpUrl } from "./parse-url.ts";
import type { HttpMethod } from "./hop.ts";
import { findPathTrouble, isPathPrefix } from "./path-rule.ts";
import { isHeaderName, isHeaderValue, isReservedHeader } from "./request-headers.ts";
import type { SecretText } from "./secret-text.ts";

export interface HttpBindingOptions {
  /** `api.example`, `api.example:8443`, `http://127.0.0.1:8080`; https by default; a port that is not given is the scheme's. */
  readonly hosts: readonly string[];
  /**
   * Those of `hosts` whose names may resolve to addresses of this computer or its network. Addresses and names below
   * `localhost` may without being listed; any other name is refused if it resolves there.
   */
  readonly localHosts?: readonly string[] | undefined;
  /** `/v1` allows itself and everything below `/v1/`; by default, all paths. */
  readonly paths?: readonly string[] | undefined;
  /** By default, both. */
  readonly methods?: readonly string[] | undefined;
  /** Headers that are attached to each request; the cell can neither see nor set them. */
  readonly attached?: readonly AttachedHeader[] | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
}

export interface AttachedHeader {
  readonly name: string;
  readonly value: SecretText;
}

export interface HttpLimits {
  /** Length of the body of a request. */
  readonly requestBytes: number;
  /** Length of the body of an answer. */
  readonly responseBytes: number;
  /** Requests in all, refused ones included; a redirect that is followed belongs to its request. */
  readonly calls: number;
  /** At most `calls` at once, and as many again in each `perMs`. */
  readonly rate: { readonly calls: number; readonly perMs: number } | undefined;
  /** From the request to the last byte of the answer, redirects included. */
  readonly timeoutMs: number;
  /** Requests in flight. */
  readonly concurrent: number;
}

/** A value; printing and serialising do not show its secrets. */
export interface HttpBinding {
  readonly hosts: readonly BoundHost[];
  readonly paths: readonly string[];
  readonly methods: readonly HttpMethod[];
  readonly attached: readonly AttachedHeader[];
  readonly limits: HttpLimits;
}

export interface BoundHost {
  /** In the form of `HttpUrl.origin`. */
  readonly origin: string;
  readonly mayBeLocal: boolean;
}

const DEFAULT_LIMITS: HttpLimits = {
  requestBytes: 1024 * 1024,
  responseBytes: 4 * 1024 * 1024,
  calls: Infinity,
  rate: undefined,
  timeoutMs: 30_000,
  concurrent: 8,
};
/** An answer is one message, which is held in memory as a whole. */
const LIMIT_BYTES = 16 * 1024 * 1024;
const LIMIT_TIMEOUT_MS = 10 * 60_000;
const METHODS: readonly HttpMethod[] = ["GET", "POST"];

/**
 * Checks the options and makes a binding of them.
 *
 * @throws {TypeError} naming the wrong key, and never the value of a header.
 */
export function createHttpBinding(options: HttpBindingOptions): HttpBinding {
  const local = new Set(
    (options.localHosts ?? []).map((host, at) => toOrigin(host, `localHosts[${at}]`)),
  );
  const origins = new Map<string, BoundHost>();
  for (const [at, text] of options.hosts.entries()) {
    const url = readHost(text, `hosts[${at}]`);
    const mayBeLocal =
      local.has(url.origin) || isLocalhost(url.host) || readAddress(url.host) !== undefined;
    origins.set(url.origin, { origin: url.origin, mayBeLocal });
  }
  if (origins.size === 0) fail("hosts", "is empty");
  for (const origin of local)
    if (!origins.has(origin)) fail("localHosts", `has "${origin}", which is not in "hosts"`);
  const open = [...origins.values()].find(
    ({ origin, mayBeLocal }) => origin.startsWith("http:") && !mayBeLocal,
  );
  if (open !== undefined && (options.attached ?? []).length > 0) {
    fail("attached", `would be sent to ${open.origin} in the clear`);
  }
  const { paths = ["/"], methods = METHODS, attached = [] } = options;
  for (const [at, path] of paths.entries()) {
    if (!isPathPrefix(path)) fail(`paths[${at}]`, `is not a plain path: "${path}"`);
  }
  return {
    hosts: [...origins.values()],
    paths: requireSome("paths", paths),
    methods: requireSome("methods", methods).map((method, at) =>
      requireMethod(method, `methods[${at}]`),
    ),
    attached: requireAttached(attached),
    limits: requireLimits({ ...DEFAULT_LIMITS, ...options.limits }),
  };
}

/** One line for people and logs: hosts, paths, methods, and names of attached headers without their values. */
export function describeHttpBinding({ hosts, paths, methods, attached }: HttpBinding): string {
  const where = hosts.map(({ origin }) => origin).join(", ");
  const below = paths.includes("/") ? "" : ` below ${paths.join(", ")}`;
  const names = attached.map(({ name }) => `"${name}"`).join(", ");
  return `${methods.join(", ")} ${where}${below}${names === "" ? "" : ` with header ${names}`}`;
}

/** Whether a request may go to a URL. */
export type Target =
  | { readonly type: "allowed"; readonly mayBeLocal: boolean }
  /** @property reason the end of a sentence */
  | { readonly type: "denied"; readonly reason: string };

/** Whether a request may go to the URL. */
export function checkTarget({ hosts, paths }: HttpBinding, url: HttpUrl): Target {
  const host = hosts.find(({ origin }) => origin === url.origin);
  if (host === undefined)
    return { type: "denied", reason: "the host is not among those that were granted" };
  const reason = findPathTrouble(paths, url.path);
  return reason === undefined
    ? { type: "allowed", mayBeLocal: host.mayBeLocal }
    : { type: "denied", reason };
}

function readHost(text: string, key: string): HttpUrl {
  const url = parseHttpUrl(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  if ("unusable" in url) return fail(key, `is not a host: it ${url.unusable}`);
  if (url.path !== "/" || url.query !== "" || /[?#]/.test(text)) {
    return fail(key, "has more than a scheme, a host and a port");
  }
  return url;
}

function toOrigin(text: string, key: string): string {
  return readHost(text, key).origin;
}

function requireMethod(text: string, key: string): HttpMethod {
  return (
    METHODS.find((method) => method === text) ?? fail(key, `is neither GET nor POST: "${text}"`)
  );
}

function requireAttached(attached: readonly AttachedHeader[]): readonly AttachedHeader[] {
  const names = new Set<string>();
  return attached.map(({ name, value }, at) => {
    const key = `attached[${at}]`;
    const lower = name.toLowerCase();
    if (!isHeaderName(name)) fail(key, "has a name that is not a token");
    if (isReservedHeader(lower)) fail(key, `names "${lower}", which the platform sets`);
    if (names.has(lower)) fail(key, `names "${lower}" a second time`);
    if (!isHeaderValue(value.reveal())) fail(key, "has a value that is not visible ASCII");
    names.add(lower);
    return { name: lower, value };
  });
}

function requireLimits(limits: HttpLimits): HttpLimits {
  const most = {
    requestBytes: LIMIT_BYTES,
    responseBytes: LIMIT_BYTES,
    timeoutMs: LIMIT_TIMEOUT_MS,
  };
  const { rate, ...counts } = limits;
  for (const [name, limit] of Object.entries(counts)) {
    const least = name === "timeoutMs" || name === "concurrent" ? 1 : 0;
    const isCount = Number.isSafeInteger(limit) || (limit === Infinity && !(name in most));
    if (!isCount || limit < least) fail(`limits.${name}`, `is not a count: ${limit}`);
    const highest = (most as Readonly<Record<string, number>>)[name] ?? Infinity;
    if (limit > highest) fail(`limits.${name}`, `is more than ${highest}: ${limit}`);
  }
  if (
    rate !== undefined &&
    !(Number.isSafeInteger(rate.calls) && rate.calls > 0 && rate.perMs > 0)
  ) {
    fail("limits.rate", "is not a number of calls in a time");
  }
  return limits;
}

function requireSome<T>(key: string, list: readonly T[]): readonly T[] {
  return list.length > 0 ? list : fail(key, "is empty");
}

function fail(key: string, state: string): never {
  throw new TypeError(`"${key}" of an HTTP binding ${state}`);
}

/** Heads of HTTP messages that cells receive or send: the one place that defines and checks them. */
import { Exception } from "./exception.ts";
import { read } from "./port-calls.ts";

/** Each character of a value is a byte. */
export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

export interface HttpRequestHead {
  readonly method: string;
  readonly scheme: string;
  /** The host, and the port if it is given; empty if unknown. */
  readonly authority: string;
  /** Begins with a slash; includes the query. */
  readonly path: string;
  readonly headers: readonly HttpHeader[];
}

export interface HttpResponseHead {
  readonly status: number;
  readonly headers: readonly HttpHeader[];
}

/** Limits that hold for all HTTP that cells serve or request. */
export interface HttpLimits {
  /** Names and values of one head, or of trailers. */
  readonly headerBytes: number;
  readonly headers: number;
  readonly pathLength: number;
  readonly authorityLength: number;
  readonly methodLength: number;
  /** A body that is not streamed. */
  readonly bodyBytes: number;
  /** From a request to the head of its response; if each request has a process of its own, to the end of that. */
  readonly headMs: number;
  /** How long a request waits for its turn. */
  readonly waitMs: number;
  /** Requests that wait for one handler. */
  readonly waiting: number;
  /** How long a body may stall because its sender or its reader does nothing. */
  readonly idleMs: number;
  /** How long a cell may take to end a request that nobody waits for any more. */
  readonly graceMs: number;
  /** Outgoing requests that one cell has in flight. */
  readonly outgoing: number;
  /** Instances of one component that answers one request at a time. */
  readonly instances: number;
}

export const HTTP_LIMITS: HttpLimits = {
  headerBytes: 32 * 1024,
  headers: 128,
  pathLength: 16 * 1024,
  authorityLength: 300,
  methodLength: 32,
  bodyBytes: 16 * 1024 * 1024,
  headMs: 30_000,
  waitMs: 10_000,
  waiting: 64,
  idleMs: 30_000,
  graceMs: 1000,
  outgoing: 32,
  instances: 4,
};

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Bytes without controls; blanks around a value are not part of it. */
const VALUE = /^(?:[!-~\u0080-\u00ff](?:[\t -~\u0080-\u00ff]*[!-~\u0080-\u00ff])?)?$/;
const PATH = /^\/[!-~]*$/;
const AUTHORITY = /^[\w.:[\]-]*$/;
const SCHEME = /^https?$/;
/** Headers about one connection concern only its two ends. @see RFC 9110, section 7.6.1 */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

export function isHttpToken(text: string): boolean {
  return TOKEN.test(text);
}

export function isHttpPath(text: string): boolean {
  return PATH.test(text) && text.length <= HTTP_LIMITS.pathLength;
}

/** Whether a header concerns one connection, and must not be passed on. */
export function isOfConnection(name: string): boolean {
  return OF_CONNECTION.has(name.toLowerCase());
}

/** The headers that may be passed on. */
export function withoutConnection(headers: readonly HttpHeader[]): readonly HttpHeader[] {
  return headers.filter(({ name }) => !isOfConnection(name));
}

/**
 * A checked copy of an untrusted value.
 *
 * @throws {Exception} `failed` with a message that says what is wrong, and repeats nothing of the value.
 */
export function readHttpRequest(value: unknown): HttpRequestHead {
  const { methodLength, authorityLength } = HTTP_LIMITS;
  const method = readText(value, "method", TOKEN, methodLength);
  const scheme = readText(value, "scheme", SCHEME, 5);
  const authority = readText(value, "authority", AUTHORITY, authorityLength);
  const path = read(value, "path");
  if (typeof path !== "string" || !isHttpPath(path)) refuse("its path is malformed or too long");
  return { method, scheme, authority, path, headers: readHttpHeaders(read(value, "headers")) };
}

/** @see readHttpRequest */
export function readHttpResponse(value: unknown): HttpResponseHead {
  const status = read(value, "status");
  const isStatus =
    Number.isInteger(status) && (status as number) >= 200 && (status as number) < 600;
  if (!isStatus && status !== 101) refuse("its status is not that of a response");
  const headers = readHttpHeaders(read(value, "headers"));
  return { status: status as number, headers };
}

/** @see readHttpRequest */
export function readHttpHeaders(value: unknown): readonly HttpHeader[] {
  if (!Array.isArray(value)) refuse("its headers are not a list");
  const { headers, headerBytes } = HTTP_LIMITS;
  if (value.length > headers) refuse(`it has more than ${headers} headers`);
  let bytes = 0;
  return value.map((header: unknown) => {
    const [name, text] = [read(header, "name"), read(header, "value")];
    if (typeof name !== "string" || typeof text !== "string") refuse("a header is not text");
    bytes += name.length + text.length;
    if (bytes > headerBytes) refuse(`its headers have more than ${headerBytes} bytes`);
    if (!isHttpToken(name)) refuse("the name of a header is malformed");
    if (!VALUE.test(text)) refuse("the value of a header is malformed");
    return { name, value: text };
  });
}

function readText(value: unknown, name: string, form: RegExp, length: number): string {
  const text = read(value, name);
  if (typeof text === "string" && text.length <= length && form.test(text)) return text;
  return refuse(`its ${name} is malformed or too long`);
}

function refuse(state: string): never {
  throw new Exception("failed", `HTTP message cannot be passed on: ${state}`);
}

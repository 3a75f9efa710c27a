/** Conversion of requests and responses to and from CGI. @see RFC 3875 */
import { decodeText, HTTP_LIMITS, readHttpResponse } from "#base";
import type { HttpHeader, HttpRequestHead, HttpResponseHead } from "#base";

/**
 * Headers that have variables of their own, or must not get one: programs would take `HTTP_PROXY` for their proxy
 * setting.
 */
const OMITTED: ReadonlySet<string> = new Set([
  "authorization",
  "content-length",
  "content-type",
  "host",
  "proxy",
]);
const PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };

/** The environment of a program, as NAME=value. @param bodyBytes the length of the body, if there is one */
export function toCgiEnvironment(
  { method, scheme, authority, path, headers }: HttpRequestHead,
  prefix: string,
  bodyBytes: number | undefined,
): string[] {
  const [plain = "", ...query] = path.split("?");
  const [, host = authority, port = PORTS[scheme] ?? ""] = /^(.*):(\d+)$/.exec(authority) ?? [];
  const script = prefix === "/" ? "" : prefix;
  const find = (wanted: string): string | undefined =>
    headers.find(({ name }) => name.toLowerCase() === wanted)?.value;
  const type = find("content-type");
  const env = [
    ["GATEWAY_INTERFACE", "CGI/1.1"],
    ["PATH_INFO", decodePath(plain.slice(script.length))],
    ["QUERY_STRING", query.join("?")],
    ["REMOTE_ADDR", "127.0.0.1"],
    ["REQUEST_METHOD", method],
    ["REQUEST_SCHEME", scheme],
    ["REQUEST_URI", path],
    ["SCRIPT_NAME", script],
    ["SERVER_NAME", host],
    ["SERVER_PORT", port],
    ["SERVER_PROTOCOL", "HTTP/1.1"],
    ["SERVER_SOFTWARE", "wetware"],
    ["WW_CELL_MODE", "http"],
    ...(authority === "" ? [] : [["HTTP_HOST", authority]]),
    ...(bodyBytes === undefined ? [] : [["CONTENT_LENGTH", `${bodyBytes}`]]),
    ...(type === undefined ? [] : [["CONTENT_TYPE", type]]),
    ...[...joinHeaders(headers)].map(([name, value]) => [toVariable(name), value]),
  ];
  return env.map(([name = "", value = ""]) => `${name}=${value}`);
}

/** Joins the values of headers of the same name. */
function joinHeaders(headers: readonly HttpHeader[]): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    // A variable has an underscore for each other character: programs could not tell such a name from one with hyphens.
    if (OMITTED.has(key) || /[^a-z0-9-]/.test(key)) continue;
    const before = joined.get(key);
    const separator = key === "cookie" ? "; " : ", ";
    joined.set(key, before === undefined ? value : before + separator + value);
  }
  return joined;
}

function toVariable(name: string): string {
  return `HTTP_${name.toUpperCase().replaceAll("-", "_")}`;
}

function decodePath(path: string): string {
  try {
    // A text with a NUL ends there for programs in C.
    const decoded = decodeURIComponent(path);
    return decoded.includes("\0") ? path : decoded;
  } catch {
    return path;
  }
}

/**
 * Length of the head in a program's output, and of the gap between head and body; `undefined` while the head is
 * incomplete.
 */
export function findCgiHead(
  output: Uint8Array,
): { readonly head: number; readonly gap: number } | undefined {
  for (let at = 0; at < output.length; at++) {
    if (output[at] !== LF) continue;
    if (output[at + 1] === LF) return { head: at, gap: 2 };
    if (output[at + 1] === CR && output[at + 2] === LF) return { head: at, gap: 3 };
  }
  return undefined;
}

const LF = 10;
const CR = 13;

/**
 * Parses the head of a program's output.
 *
 * @throws {Exception} `failed` when it is not the head of a response.
 */
export function parseCgiHead(bytes: Uint8Array): HttpResponseHead {
  const headers: HttpHeader[] = [];
  let status: number | undefined;
  for (const line of decodeText(bytes).split(/\r?\n/)) {
    const at = line.indexOf(":");
    const name = line.slice(0, Math.max(0, at)).toLowerCase();
    const value = line.slice(at + 1).trim();
    if (name === "status") status = Number(/^(\d{3})(?: |$)/.exec(value)?.[1] ?? NaN);
    else headers.push({ name, value });
  }
  const leads = headers.some(({ name }) => name === "location");
  return readHttpResponse({ status: status ?? (leads ? 302 : 200), headers });
}

/** Maximum size of a head in bytes, line ends included. */
export const CGI_HEAD_BYTES: number = HTTP_LIMITS.headerBytes + 4 * HTTP_LIMITS.headers;

/** Checks headers of requests: none may control the connection, name another host, or stand for another method. */
import type { HttpHeader } from "./hop.ts";

/** @see RFC 9110, section 7.6.1 */
const OF_CONNECTION =
  "connection content-length expect http2-settings keep-alive te trailer transfer-encoding upgrade";
/** Browsers reserve these as well. @see https://fetch.spec.whatwg.org/#forbidden-request-header */
const OF_CLIENT =
  "accept-charset accept-encoding cookie cookie2 date dnt host origin referer set-cookie user-agent";
/** Headers by which proxies identify the client. */
const OF_PROXIES = "forwarded via x-real-ip";
/** Headers by which some servers replace the method that was checked. */
const OF_METHOD = "x-http-method x-http-method-override x-method-override";
const RESERVED: ReadonlySet<string> = new Set(
  [OF_CONNECTION, OF_CLIENT, OF_PROXIES, OF_METHOD].flatMap((names) => names.split(" ")),
);
const RESERVED_PREFIX = /^(?:proxy-|sec-|access-control-|x-forwarded-)/;

const LIMIT_HEADERS = 64;
const LIMIT_NAME_CHARACTERS = 100;
const LIMIT_CHARACTERS = 16 * 1024;

/** Whether neither a cell nor its owner may set the header. */
export function isReservedHeader(name: string): boolean {
  return RESERVED.has(name) || RESERVED_PREFIX.test(name);
}

/** @see RFC 9110, section 5.6.2 */
export function isHeaderName(name: string): boolean {
  return name.length <= LIMIT_NAME_CHARACTERS && /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}

/** Visible ASCII, with spaces and tabs inside: all servers and proxies read that alike. */
export function isHeaderValue(value: string): boolean {
  return /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/.test(value);
}

/**
 * What is wrong with the headers of a request, as the end of a sentence; `undefined` for nothing. Never tells a value.
 *
 * @param attached names of the owner's headers, in lower case
 */
export function findHeaderTrouble(
  headers: readonly HttpHeader[],
  attached: readonly string[],
): string | undefined {
  if (headers.length > LIMIT_HEADERS) return `it has more than ${LIMIT_HEADERS} headers`;
  let characters = 0;
  const names = new Set<string>();
  for (const { name, value } of headers) {
    const lower = name.toLowerCase();
    characters += name.length + value.length;
    if (!isHeaderName(name)) return "the name of a header is not a token";
    if (attached.includes(lower)) return `header "${lower}" is attached by the owner`;
    if (isReservedHeader(lower)) return `header "${lower}" cannot be set by programs`;
    if (names.has(lower)) return `header "${lower}" is given twice`;
    if (!isHeaderValue(value)) return `the value of header "${lower}" is not visible ASCII`;
    names.add(lower);
  }
  const isLong = characters > LIMIT_CHARACTERS;
  return isLong ? `its headers have more than ${LIMIT_CHARACTERS} characters` : undefined;
}

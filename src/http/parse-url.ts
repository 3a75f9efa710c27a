/**
 * URLs as cells write them, read once: what is checked is what is sent.
 *
 * Parsers differ about backslashes, spaces, user information, escapes and numbers in hosts. A text that another parser could
 * read as another server is refused; everything else is rewritten into one canonical form, and only that form is used.
 */

/** An absolute URL in its canonical form. */
export interface HttpUrl {
  readonly scheme: "http" | "https";
  /** In lower case and ASCII; an IPv6 address in its shortest form, in brackets. */
  readonly host: string;
  readonly port: number;
  /** Scheme, host, and the port unless it is the scheme's own. */
  readonly origin: string;
  /** Begins with a slash; without dot segments. */
  readonly path: string;
  /** With its question mark; empty when there is none. */
  readonly query: string;
  /** The whole URL, without a fragment. */
  readonly href: string;
}

/** Why a text is not used as a URL, as the end of a sentence that begins with "the URL". */
export interface UnusableUrl {
  readonly unusable: string;
}

const LIMIT_CHARACTERS = 8192;
const LIMIT_HOST_CHARACTERS = 253;
const PORTS = { http: 80, https: 443 } as const;

/** The URL, or why it is not used; never throws. */
export function parseHttpUrl(text: string): HttpUrl | UnusableUrl {
  if (text.length > LIMIT_CHARACTERS)
    return refuse(`is longer than ${LIMIT_CHARACTERS} characters`);
  if (!text.isWellFormed() || /[\s\\\p{Cc}\p{Cf}]/u.test(text)) {
    return refuse("has a backslash, a space or an invisible character");
  }
  const [, written = "", authority = ""] = /^([^:/?#]+):\/\/([^/?#]*)/.exec(text) ?? [];
  const scheme = written.toLowerCase();
  if (scheme !== "http" && scheme !== "https")
    return refuse("does not begin with https:// or http://");
  if (authority.includes("@")) return refuse("has user information before the host");
  const [, host = "", port] = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(authority) ?? [];
  if (host === "") return refuse("has no host that can be read");
  if (host.includes("%")) return refuse("escapes characters of its host");
  const url = URL.parse(text);
  if (url === null) return refuse("has no host that can be read");
  const trouble = findHostTrouble(host, url.hostname);
  if (trouble !== undefined) return refuse(trouble);
  const number = port === undefined ? PORTS[scheme] : Number(port);
  const isReadAlike = port === undefined || (String(number) === port && number > 0);
  if (!isReadAlike || (url.port === "" ? PORTS[scheme] : Number(url.port)) !== number) {
    return refuse("has a port that is not a number from 1 to 65535");
  }
  const { hostname, origin, pathname, search } = url;
  return {
    scheme,
    host: hostname,
    port: number,
    origin,
    path: pathname,
    query: search,
    href: `${origin}${pathname}${search}`,
  };
}

/** Whether the host is an address; its text, without brackets. */
export function readAddress(host: string): string | undefined {
  if (host.startsWith("[")) return host.slice(1, -1);
  return isDotted(host) ? host : undefined;
}

/** Whether the host is a name of this computer, whatever it resolves to. @see RFC 6761, section 6.3 */
export function isLocalhost(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}

/** @param read the host as the platform's parser reads it */
function findHostTrouble(host: string, read: string): string | undefined {
  if (host.startsWith("[")) return undefined;
  if (read.length > LIMIT_HOST_CHARACTERS) {
    return `has a host of more than ${LIMIT_HOST_CHARACTERS} characters`;
  }
  if (host.endsWith(".")) return "has a host that ends with a dot";
  if (isDotted(read)) {
    return host === read ? undefined : "writes an IPv4 address in an unusual way";
  }
  const [written, labels] = [host.split("."), read.split(".")];
  const isAlike =
    written.length === labels.length &&
    labels.every((label, at) => isSameLabel(written[at] ?? "", label));
  return isAlike ? undefined : "has a host that parsers read differently";
}

/** A label in another script is encoded; nothing else may change but the case. @see RFC 5891 */
function isSameLabel(written: string, label: string): boolean {
  if (!/^[\w-]{1,63}$/.test(label)) return false;
  // oxlint-disable-next-line no-control-regex -- ASCII is what is asked for
  return /^[\x00-\x7f]+$/.test(written)
    ? written.toLowerCase() === label
    : label.startsWith("xn--");
}

function isDotted(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

function refuse(unusable: string): UnusableUrl {
  return { unusable };
}

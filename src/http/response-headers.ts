/** Filters the headers of an answer before a cell sees them. */
import type { AttachedHeader } from "./binding.ts";
import type { HttpHeader } from "./hop.ts";

/** Cookies, and headers that concern the connection. */
const HIDDEN: ReadonlySet<string> = new Set(
  "connection keep-alive proxy-authenticate set-cookie set-cookie2 te trailer transfer-encoding upgrade".split(
    " ",
  ),
);
const REDACTED = "[redacted]";
/** Shorter secrets may appear by chance; they are redacted only where they are the whole value of a header. */
const CHANCE_CHARACTERS = 4;

/** The headers without hidden ones, and with values of the owner's attached headers redacted where a server reflects them. */
export function filterHeaders(
  headers: readonly HttpHeader[],
  attached: readonly AttachedHeader[],
): HttpHeader[] {
  const redact = createRedaction(attached);
  return headers
    .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
    .filter(({ name }) => !HIDDEN.has(name))
    .map(({ name, value }) => ({ name: redact(name), value: redact(value) }));
}

/** Redacts values of attached headers in a text that may contain text from a server. */
export function createRedaction(attached: readonly AttachedHeader[]): (text: string) => string {
  const secrets = attached
    .flatMap(({ value }) => listSecrets(value.reveal()))
    .toSorted((a, b) => b.length - a.length);
  return (text) => secrets.reduce(redact, text);
}

/** The value, its part after the scheme of a login (`Bearer …`), and both in escaped form. */
function listSecrets(value: string): string[] {
  const parts = [value, value.slice(value.indexOf(" ") + 1)];
  return [...parts, ...parts.map(encodeURIComponent)].filter((part) => part !== "");
}

function redact(text: string, secret: string): string {
  if (secret.length < CHANCE_CHARACTERS) return text === secret ? REDACTED : text;
  // Names of headers and hosts are in lower case.
  return replaceIgnoringCase(text, secret);
}

function replaceIgnoringCase(text: string, searched: string): string {
  const literal = searched.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(literal, "gi"), REDACTED);
}

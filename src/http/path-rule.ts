/** Paths by their prefixes, where the server must not read another path than was checked. */

/** How often escapes within escapes are followed; a path with more is refused. */
const LIMIT_DECODES = 4;

/** Whether the text can stand in a list of prefixes: no pattern, no escape, no dot segment. */
export function isPathPrefix(text: string): boolean {
  return /^\/[\w\-./~!$&'()+,=:@]*$/.test(text) && findSegmentTrouble(text) === undefined;
}

/**
 * Why a path is not below one of the prefixes, as the end of a sentence; `undefined` if it is.
 *
 * Where paths are limited, a server may not leave the prefix by decoding what was left encoded.
 *
 * @param path in the form of `HttpUrl.path`
 */
export function findPathTrouble(prefixes: readonly string[], path: string): string | undefined {
  if (prefixes.includes("/")) return undefined;
  if (!prefixes.some((prefix) => isBelow(prefix, path))) {
    return "the path is not below one of those that were granted";
  }
  return findSegmentTrouble(path);
}

/** `/v1` has `/v1` and `/v1/a`, and not `/v10`. */
function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

/** A segment that some server takes for a way up, after decoding it or without its parameters (`..;a=b`). */
function findSegmentTrouble(path: string): string | undefined {
  for (const segment of path.split("/")) {
    const decoded = decodeFully(segment);
    if (decoded === undefined) return "the path is escaped too often";
    const [name = ""] = decoded.split(";");
    // %C0 and %C1 begin no character, and a dot or a slash to servers that do not know that.
    if (/[/\\\0]|%c[01]/i.test(decoded) || name === "." || name === "..") {
      return "a server could read the path as one above it";
    }
  }
  return undefined;
}

function decodeFully(segment: string): string | undefined {
  let text = segment;
  for (let round = 0; round < LIMIT_DECODES; round++) {
    // Of ASCII alone, for that is what paths are made of; the rest stays as it is.
    const next = text.replaceAll(/%([0-7][\da-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (next === text) return text;
    text = next;
  }
  return undefined;
}

/** Compares paths with prefixes, and refuses those that a server could read as another path. */

/** How often escapes within escapes are followed; a path with more is refused. */
const LIMIT_DECODES = 4;

/** Whether the text can stand in a list of prefixes: no pattern, no escape, no dot segment. */
export function isPathPrefix(text: string): boolean {
  return /^\/[\w\-./~!$&'()+,=:@]*$/.test(text) && findSegmentTrouble(text) === undefined;
}

/**
 * Why a path is not below one of the prefixes, as the end of a sentence; `undefined` if it is.
 *
 * Some servers decode escapes that were left encoded here; a path that would then leave its prefix is refused.
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

/** Finds segments that some servers take for `..`, after decoding them or dropping their parameters (`..;a=b`). */
function findSegmentTrouble(path: string): string | undefined {
  for (const segment of path.split("/")) {
    const decoded = decodeFully(segment);
    if (decoded === undefined) return "the path is escaped too often";
    const [name = ""] = decoded.split(";");
    // %C0 and %C1 are invalid in UTF-8, but lenient servers decode a dot or a slash from them.
    if (/[/\\\0]|%c[01]/i.test(decoded) || name === "." || name === "..") {
      return "a server could read the path as one above it";
    }
  }
  return undefined;
}

function decodeFully(segment: string): string | undefined {
  let text = segment;
  for (let round = 0; round < LIMIT_DECODES; round++) {
    // Only ASCII is decoded: separators and dots are ASCII.
    const next = text.replaceAll(/%([0-7][\da-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (next === text) return text;
    text = next;
  }
  return undefined;
}

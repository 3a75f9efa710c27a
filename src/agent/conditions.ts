/** Selects the part of a file that a request asks for: HTTP's ranges and conditions, for files with a date and no ETag. */
import { HttpError } from "./errors.ts";
import { parseDate } from "./http-date.ts";

export type Selected =
  | { readonly status: 200 }
  | { readonly status: 206; readonly first: number; readonly length: number }
  | { readonly status: 304 };

/**
 * @param modifiedMs when the file was last changed, in milliseconds since 1970; `undefined` if unknown
 * @throws {HttpError} 412 when a precondition fails, 416 when the range is outside of the file
 * @see RFC 9110, sections 13 and 14
 */
export function select(
  headers: Headers,
  sizeBytes: number,
  modifiedMs: number | undefined,
): Selected {
  // HTTP's dates have whole seconds.
  const modified = modifiedMs === undefined ? undefined : Math.floor(modifiedMs / 1000) * 1000;
  const match = headers.get("if-match");
  if (match !== null) {
    if (match.trim() !== "*") throw new HttpError(412, "the file has no ETag");
  } else {
    const unmodified = readDate(headers, "if-unmodified-since");
    if (unmodified !== undefined && modified !== undefined && modified > unmodified) {
      throw new HttpError(412, "the file was modified since");
    }
  }
  const noneMatch = headers.get("if-none-match");
  if (noneMatch !== null) {
    if (noneMatch.trim() === "*") return { status: 304 };
  } else {
    const since = readDate(headers, "if-modified-since");
    if (since !== undefined && modified !== undefined && modified <= since) return { status: 304 };
  }
  const range = headers.get("range");
  if (range === null || !isRangeWanted(headers, modified)) return { status: 200 };
  return parseRange(range, sizeBytes);
}

/** Whether the answer may be something other than the whole file. */
export function isConditional(headers: Headers): boolean {
  return CONDITIONS.some((name) => headers.has(name));
}

const CONDITIONS = [
  "range",
  "if-range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
];

function readDate(headers: Headers, name: string): number | undefined {
  return parseDate(headers.get(name) ?? "");
}

function isRangeWanted(headers: Headers, modified: number | undefined): boolean {
  const ifRange = headers.get("if-range");
  return ifRange === null || (modified !== undefined && parseDate(ifRange) === modified);
}

/** Several ranges, or a unit other than bytes, select the whole file. */
function parseRange(text: string, sizeBytes: number): Selected {
  const [, from = "", to = ""] = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(text) ?? [];
  if (from === "" && to === "") return { status: 200 };
  const first = from === "" ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const last = from === "" || to === "" ? sizeBytes - 1 : Math.min(sizeBytes - 1, Number(to));
  if (from !== "" && to !== "" && Number(to) < first) return { status: 200 };
  if (first >= sizeBytes || last < first) {
    throw new HttpError(416, "the range is outside of the file", {
      "content-range": `bytes */${sizeBytes}`,
    });
  }
  return { status: 206, first, length: last - first + 1 };
}

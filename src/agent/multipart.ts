/**
 * Parses the files of a form while they arrive, however the body is split into pieces.
 *
 * The parser is ours: streaming ones need Node's streams, or miss the form's end when a piece ends within its last dashes.
 *
 * @see RFC 7578, RFC 2046 section 5.1.1
 */
import { concatBytes, decodeText, encodeText } from "#base";
import { BOUNDS } from "./bounds.ts";
import { HttpError } from "./errors.ts";

export type PartEvent =
  | { readonly type: "file"; readonly name: string; readonly filename: string | undefined }
  | { readonly type: "data"; readonly bytes: Uint8Array };

/** @throws {HttpError} 400 for a body that is not a form, or is truncated */
export async function* readMultipart(
  pieces: AsyncIterable<Uint8Array>,
  contentType: string,
): AsyncGenerator<PartEvent> {
  const boundary = readParameter(contentType, "boundary");
  if (boundary === undefined || boundary === "" || boundary.length > 70) {
    fail("its content type names no boundary");
  }
  const delimiter = encodeText(`\r\n--${boundary}`);
  let state: "before" | "data" | "delimited" | "headers" | "done" = "before";
  let parts = 0;
  // The first delimiter may stand at the very start.
  let rest: Uint8Array = CRLF;
  for await (const piece of pieces) {
    if (state === "done") continue; // bytes after the form are ignored
    rest = concatBytes([rest, piece]);
    for (let goesOn = true; goesOn;) {
      goesOn = false;
      if (state === "before" || state === "data") {
        const at = find(rest, delimiter);
        const end = at === -1 ? Math.max(0, rest.length - delimiter.length + 1) : at;
        if (state === "data" && end > 0) yield { type: "data", bytes: rest.subarray(0, end) };
        rest = rest.subarray(at === -1 ? end : end + delimiter.length);
        if (at === -1) continue;
        state = "delimited";
      }
      if (state === "delimited") {
        if (rest.length < 2) continue;
        if (rest[0] === DASH && rest[1] === DASH) {
          state = "done";
          continue;
        }
        const at = find(rest, CRLF);
        if (at > MOST_PADDING || (at === -1 && rest.length > MOST_PADDING)) {
          fail("a boundary is followed by other text");
        }
        if (at === -1) continue;
        if (decodeText(rest.subarray(0, at)).trim() !== "") {
          fail("a boundary is followed by other text");
        }
        rest = rest.subarray(at); // this CRLF may be the first half of the empty line that ends the headers
        if (++parts > BOUNDS.parts) fail(`it has more than ${BOUNDS.parts} parts`);
        state = "headers";
      }
      const at = find(rest, END_OF_HEADERS);
      if (at > BOUNDS.partHeaderBytes || (at === -1 && rest.length > BOUNDS.partHeaderBytes)) {
        fail(`the headers of a part are longer than ${BOUNDS.partHeaderBytes} bytes`);
      }
      if (at === -1) continue;
      yield readHeaders(decodeText(rest.subarray(0, at)));
      rest = rest.subarray(at + END_OF_HEADERS.length);
      state = "data";
      goesOn = true;
    }
  }
  if (state !== "done") fail("it is truncated");
}

const CRLF = encodeText("\r\n");
const END_OF_HEADERS = encodeText("\r\n\r\n");
const DASH = 0x2d;
const MOST_PADDING = 64;

function readHeaders(text: string): PartEvent {
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (line.slice(0, colon).trim().toLowerCase() !== "content-disposition") continue;
    const value = line.slice(colon + 1);
    const name = readParameter(value, "name") ?? "";
    return { type: "file", name, filename: readFilename(value) };
  }
  return { type: "file", name: "", filename: undefined };
}

/** The name as it was given, with its directories. */
function readFilename(value: string): string | undefined {
  const [charset, , encoded] = readParameter(value, "filename*")?.split("'", 3) ?? [];
  if (charset?.toLowerCase() === "utf-8" && encoded !== undefined) {
    try {
      return decodeURIComponent(encoded);
    } catch {
      fail("the name of a file cannot be decoded");
    }
  }
  return readParameter(value, "filename");
}

function readParameter(value: string, wanted: string): string | undefined {
  const parameters = /;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/g;
  for (const [, name = "", quoted, plain] of value.matchAll(parameters)) {
    if (name.toLowerCase() === wanted) return quoted?.replaceAll(/\\(["\\])/g, "$1") ?? plain;
  }
  return undefined;
}

/** The offset of the first occurrence, or -1. */
function find(bytes: Uint8Array, wanted: Uint8Array): number {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return -1;
    let matched = 1;
    while (matched < wanted.length && bytes[at + matched] === wanted[matched]) matched++;
    if (matched === wanted.length) return at;
  }
  return -1;
}

function fail(why: string): never {
  throw new HttpError(400, `error parsing the form: ${why}`);
}

/** Answers that are no cell's: what went wrong, in a line. @see capnp/common/serve.capnp HttpResponse */
import { encodeText, Exception, readHttpRequest, withoutConnection } from "#base";
import type { HttpRequestHead } from "#base";
import type { Init } from "#capnp";
import type { HttpRequest, HttpResponse } from "#schema";

/** One line of text; it has nothing of what the cell said. */
export function createResponse(status: number, line: string): Init<HttpResponse> {
  const content = encodeText(`${line}\n`);
  return {
    status,
    headers: [
      { name: "content-type", value: "text/plain; charset=utf-8" },
      { name: "content-length", value: `${content.length}` },
    ],
    content,
  };
}

/** What of a request is passed on, or the answer to one that is malformed. */
export function readRequest(
  request: HttpRequest,
  keeps: readonly string[] = [],
): { readonly head: HttpRequestHead } | { readonly response: Init<HttpResponse> } {
  try {
    const { headers, ...head } = readHttpRequest(request);
    const passed = new Set(withoutConnection(headers));
    const kept = headers.filter(
      (header) => passed.has(header) || keeps.includes(header.name.toLowerCase()),
    );
    return { head: { ...head, headers: kept } };
  } catch (error) {
    if (!(error instanceof Exception)) throw error;
    return { response: createResponse(400, "This request is malformed or too large") };
  }
}

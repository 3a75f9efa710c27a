/** Responses that no cell has made: one line that says what went wrong. @see capnp/common/serve.capnp HttpResponse */
import { encodeText, Exception, readHttpRequest, withoutConnection } from "#base";
import type { HttpRequestHead } from "#base";
import type { Init } from "#capnp";
import type { HttpRequest, HttpResponse } from "#schema";

/** A response of one line of text. The line must not contain output of the cell. */
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

/** The head of a request as it is passed on, or the response to a malformed one. */
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

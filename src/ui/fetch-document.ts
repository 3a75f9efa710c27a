/** One HTML document of what an image serves, by its capability. */
import { Exception } from "#base";
import type { HttpHeader } from "#base";
import { readContent } from "#caps";
import type { HttpHandler, HttpResponse } from "#schema";

export interface FetchedDocument {
  /** Of the response, from 200 to 599. */
  readonly status: number;
  readonly html: string;
}

export const DOCUMENT_BYTES: number = 8 * 1024 * 1024;

/**
 * Asks a handler, which is lent, for a document.
 *
 * @param path with the query; begins with a slash
 * @throws {Exception} `failed`, in a sentence that repeats nothing of the answer, when that is no HTML or too large.
 */
export async function fetchDocument(
  handler: HttpHandler,
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<FetchedDocument> {
  signal.throwIfAborted();
  const url = new URL(`http://localhost${path}`);
  const request = {
    method: "GET",
    path: url.pathname + url.search,
    authority: url.host,
    scheme: "http",
    headers: [{ name: "accept", value: "text/html" }],
    body: null,
    trailers: null,
  };
  using results = await handler.handle(request, { signal });
  const { response } = results;
  const { status, headers } = response;
  const refuse = (state: string): never => {
    throw new Exception("failed", `Cannot show "${path}" (status ${status}): ${state}`);
  };
  if (status >= 300 && status < 400) refuse("the program sends visitors elsewhere");
  const [type = "", ...parameters] = find(headers, "content-type").split(";");
  if (type.trim().toLowerCase() !== "text/html") refuse("the program does not call it HTML");
  if (!/^(?:identity)?$/i.test(find(headers, "content-encoding"))) refuse("it is compressed");
  const html = await readText(response, createDecoder(parameters), signal);
  return { status, html: html ?? refuse("it is larger than 8 MiB") };
}

function find(headers: readonly HttpHeader[], wanted: string): string {
  return headers.find(({ name }) => name.toLowerCase() === wanted)?.value.trim() ?? "";
}

/** For the charset that the parameters name; UTF-8 without one, or for one that is not known. */
function createDecoder(parameters: readonly string[]): TextDecoder {
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(parameter)?.[1])
    .find((label) => label !== undefined);
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

/** `undefined` beyond the limit. */
async function readText(
  response: HttpResponse,
  decoder: TextDecoder,
  signal: AbortSignal,
): Promise<string | undefined> {
  let text = "";
  let bytes = 0;
  for await (const piece of readContent(response, { signal })) {
    bytes += piece.length;
    if (bytes > DOCUMENT_BYTES) return undefined;
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

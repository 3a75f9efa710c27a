/** Requests to servers, by a client that was granted as "http". */
import { concatBytes, Exception } from "#base";
import { cast, serve } from "#capnp";
import { ByteStream, HttpClient, type ByteStreamServer } from "#schema";
import type { Grants } from "./grants.ts";
import type { HttpAnswer, HttpRequest } from "./system.ts";

const NAME = "http";
const PIECE_BYTES = 64 * 1024;

export async function sendRequest(grants: Grants, request: HttpRequest): Promise<HttpAnswer> {
  const grant = grants.find(NAME);
  if (grant === undefined) {
    throw new Exception("failed", 'no client for HTTP was granted, by the name "http"');
  }
  const client = cast(grant, HttpClient);
  const { method, url, headers, body } = request;
  if (method === "GET") return await client.get(url, [...headers]);
  if (method === "POST") return await client.post(url, [...headers], body);
  const sent = body.length === 0 ? null : serve(ByteStream, readOnce(body));
  try {
    const answer = await client.request(method, url, [...headers], sent);
    const parts: Uint8Array[] = [];
    for (;;) {
      const { data } = await answer.body.read(PIECE_BYTES);
      if (data.length === 0) break;
      parts.push(data);
    }
    answer.body[Symbol.dispose]();
    return { status: answer.status, headers: answer.headers, body: concatBytes(parts) };
  } finally {
    sent?.[Symbol.dispose]();
  }
}

/** The bytes as a stream that is read to its end. */
function readOnce(bytes: Uint8Array): ByteStreamServer {
  let rest = bytes;
  return {
    read(limitBytes) {
      const data = rest.subarray(0, limitBytes);
      rest = rest.subarray(data.length);
      return { data };
    },
    write: () => Promise.reject(new TypeError("Stream is read-only")),
    close: () => undefined,
  };
}

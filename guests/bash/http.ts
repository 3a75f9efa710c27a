/** Sends requests: to programs that serve a port of the sandbox, and to servers by the `HttpClient` granted as "http". */
import { concatBytes, Exception } from "#base";
import type { Waiting } from "#base";
import { cast, isNull, serve } from "#capnp";
import { ByteStream, HttpClient, HttpHandler, type ByteStreamServer } from "#schema";
import type { Grants } from "./grants.ts";
import { findSpawner } from "./spawner.ts";
import type { HttpAnswer, HttpRequest } from "./system.ts";

const NAME = "http";
const PIECE_BYTES = 64 * 1024;
const LAST_PORT = 65_535;

/** @throws {Exception} `failed` when nothing serves the port, or no client was granted */
export async function sendRequest(
  grants: Grants,
  request: HttpRequest,
  options: Waiting = {},
): Promise<HttpAnswer> {
  const local = LOCAL.exec(request.url);
  if (local !== null) return await sendToPort(grants, request, local, options);
  const grant = grants.find(NAME);
  if (grant === undefined) {
    throw new Exception(
      "failed",
      'this sandbox was not granted an HttpClient under the name "http"',
    );
  }
  const client = cast(grant, HttpClient);
  const { method, url, headers, body } = request;
  if (method === "GET") return await client.get(url, [...headers], options);
  if (method === "POST") return await client.post(url, [...headers], body, options);
  const sent = body.length === 0 ? null : serve(ByteStream, readOnce(body));
  try {
    const answer = await client.request(method, url, [...headers], sent, options);
    using stream = answer.body;
    const body = concatBytes(await readAll(stream, options));
    return { status: answer.status, headers: answer.headers, body };
  } finally {
    sent?.[Symbol.dispose]();
  }
}

/** Captures the host with its port, the port, and the rest. */
const LOCAL = /^http:\/\/((?:localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?)([/?][^#]*)?(?:#|$)/i;

async function sendToPort(
  grants: Grants,
  { method, headers, body }: HttpRequest,
  [, authority = "", port = "80", rest = "/"]: readonly string[],
  options: Waiting,
): Promise<HttpAnswer> {
  const number = Number(port);
  if (number < 1 || number > LAST_PORT) {
    throw new Exception("failed", `Port ${port} is none: ports are from 1 to ${LAST_PORT}`);
  }
  using opened = await findSpawner(grants).port(number, options);
  const handler = cast(opened.handler, HttpHandler);
  const length = { name: "content-length", value: `${body.length}` };
  using sent = body.length === 0 ? null : serve(ByteStream, readOnce(body));
  const asked = {
    method,
    path: rest.startsWith("/") ? rest : `/${rest}`,
    authority,
    scheme: "http",
    headers: sent === null ? [...headers] : [...headers, length],
    body: sent,
  };
  using results = await handler.handle(asked, options);
  const { status, headers: answered, content, body: more } = results.response;
  const parts = [content, ...(isNull(more) ? [] : await readAll(more, options))];
  return { status, headers: answered, body: concatBytes(parts) };
}

async function readAll(stream: ByteStream, options: Waiting): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const { data } = await stream.read(PIECE_BYTES, options);
    if (data.length === 0) return parts;
    parts.push(data);
  }
}

/** Serves the bytes as a stream. */
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

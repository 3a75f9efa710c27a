/** Requests to servers, by a client that was granted as "http". */
import { cast } from "#capnp";
import { HttpClient } from "#schema";
import { Exception } from "#base";
import type { Grants } from "./grants.ts";
import type { HttpAnswer, HttpRequest } from "./system.ts";

const NAME = "http";

export async function sendRequest(grants: Grants, request: HttpRequest): Promise<HttpAnswer> {
  const grant = grants.find(NAME);
  if (grant === undefined) {
    throw new Exception("failed", 'no client for HTTP was granted, by the name "http"');
  }
  const client = cast(grant, HttpClient);
  const { method, url, headers, body } = request;
  if (method === "GET") return await client.get(url, [...headers]);
  if (method === "POST") return await client.post(url, [...headers], body);
  throw new Exception("unimplemented", `what was granted does GET and POST, and not ${method}`);
}

/** Gives an image the servers that a user at a command line designates; requests are sent from this process. */
import { serve } from "#capnp";
import { serveHttpClient } from "#caps";
import { createHttpBinding, createHttpClient } from "#http";
import type { AttachedHeader } from "#http";
import { HttpClient } from "#schema";
import { createNodeSender } from "../node-sender.ts";
import type { Designated } from "./designation.ts";
import { readSecret } from "./read-secret.ts";

type Servers = Extract<Designated, { readonly kind: "http" }>;

/**
 * An HTTP client that is bound to the servers, and its label.
 *
 * @throws {TypeError} for hosts, paths, methods or headers that make no sense.
 * @throws {Exception} `failed` when a header's value is missing.
 */
export async function openHostHttp({
  hosts,
  localHosts,
  methods,
  paths,
  headers,
}: Servers): Promise<readonly [label: string, client: HttpClient]> {
  const attached: AttachedHeader[] = [];
  for (const [name, place] of headers) attached.push({ name, value: await readSecret(place) });
  const binding = createHttpBinding({
    hosts,
    localHosts,
    attached,
    ...(methods.length > 0 && { methods }),
    ...(paths.length > 0 && { paths }),
  });
  const http = createHttpClient(binding, createNodeSender());
  return [http.label, serve(HttpClient, serveHttpClient(http, { nowMs: () => performance.now() }))];
}

/**
 * Entry of the service worker that passes requests below `sandbox/<name>/` on to the tab that has the sandbox of that name.
 *
 * It keeps nothing: browsers end it when they like. What it answers is for programs, and can never become a document or a
 * script of this origin.
 */
import { FAR_WINDOW_BYTES, openPortDuplex, pumpReadable, toReadable } from "#base";
import type { AskedOwner, OwnerAnswer, PassedRequest, PassedResponse } from "#base";

declare const self: ServiceWorkerGlobalScope;

/** A tab that does not answer by then is not there, or has other things to do. */
const OWNER_MS = 2000;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  // A page below this path is the server's.
  if (request.mode === "navigate") return;
  const { pathname } = new URL(request.url);
  const scope = new URL(self.registration.scope).pathname;
  const name = /^[^/]+(?=\/)/.exec(pathname.slice(scope.length))?.[0];
  if (!pathname.startsWith(scope) || name === undefined) return;
  event.respondWith(forward(request, decodeURIComponent(name)));
});

async function forward(request: Request, name: string): Promise<Response> {
  if (request.destination !== "") {
    return refuse(403, "What a sandbox answers is for programs, and no part of a page");
  }
  const port = await findOwner(name);
  if (port === undefined) {
    return refuse(503, `No tab of this browser has a sandbox "${name}"; open it again`);
  }
  const { promise, resolve } = Promise.withResolvers<PassedResponse>();
  port.addEventListener("message", ({ data }: MessageEvent<PassedResponse>) => resolve(data), {
    once: true,
  });
  const { method, url, headers, body } = request;
  const { port1, port2: bodies } = new MessageChannel();
  const { source, sink } = openPortDuplex(port1, { windowBytes: FAR_WINDOW_BYTES });
  const passed: PassedRequest = {
    method,
    url,
    headers: [...headers],
    hasBody: body !== null,
    bodies,
  };
  port.postMessage(passed, [bodies]);
  if (body === null) sink.close();
  else void pumpReadable(body, sink); // never rejects
  const { status, headers: given, hasBody } = await promise;
  const answer = hasBody ? toReadable(source) : null;
  if (!hasBody) source[Symbol.dispose]();
  const response = new Response(answer, {
    status,
    headers: given.map(([key, value]) => [key, value]),
  });
  return seal(response);
}

/** The port of the tab that has the sandbox. */
async function findOwner(name: string): Promise<MessagePort | undefined> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const { promise: found, resolve } = Promise.withResolvers<MessagePort | undefined>();
  const limit = setTimeout(() => resolve(undefined), OWNER_MS);
  const ports = windows.map((client) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener(
      "message",
      ({ data }: MessageEvent<OwnerAnswer>) => {
        if (data === "owned") resolve(port1);
      },
      { once: true },
    );
    port1.start();
    client.postMessage({ type: "sandbox", name } satisfies AskedOwner, [port2]);
    return port1;
  });
  const port = await found;
  clearTimeout(limit);
  for (const other of ports) if (other !== port) other.close();
  return port;
}

function refuse(status: number, message: string): Response {
  return seal(Response.json({ code: status, message }, { status }));
}

/** Whatever it is, no browser shows it or runs it as a part of this origin. */
function seal(response: Response): Response {
  const { headers } = response;
  headers.set("content-security-policy", "sandbox");
  headers.set("x-content-type-options", "nosniff");
  headers.set("content-disposition", "attachment");
  headers.set("cross-origin-resource-policy", "same-origin");
  return response;
}

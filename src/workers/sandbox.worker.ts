/**
 * Entry of the service worker that passes requests below `sandbox/<name>/` on to the tab that has the sandbox of that name.
 *
 * It keeps nothing: browsers end it when they like. What it answers is for programs, and can never become a document or a
 * script of this origin.
 */
import {
  Exception,
  FAR_WINDOW_BYTES,
  holdLock,
  openPortDuplex,
  pumpReadable,
  toReadable,
  untilAborted,
  watchLock,
} from "#base";
import type { AskedOwner, OwnerAnswer, PassedRequest, PassedResponse } from "#base";

declare const self: ServiceWorkerGlobalScope;

/** A tab that does not answer by then is not there, or has other things to do. */
const OWNER_MS = 2000;
/** Browsers read bodies in pieces of 64 KiB, and each costs time at every step of its way. */
const GATHERED_BYTES = 256 * 1024;
/** By this, tabs learn that the browser has ended this worker. */
const LOCK = `worker/${crypto.randomUUID()}`;
let holding: Promise<void> | undefined;

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
  event.respondWith(forward(request, name));
});

async function forward(request: Request, part: string): Promise<Response> {
  if (request.destination !== "") {
    return refuse(403, "What a sandbox answers is for programs, and no part of a page");
  }
  const name = decode(part);
  const owner = name === undefined ? undefined : await findOwner(name);
  if (owner === undefined) {
    return refuse(503, `No tab of this browser has a sandbox "${name ?? part}"; open it again`);
  }
  const { port, lock } = owner;
  holding ??= holdLock(navigator.locks, LOCK);
  await holding;
  const { promise, resolve } = Promise.withResolvers<PassedResponse>();
  port.addEventListener("message", ({ data }: MessageEvent<PassedResponse>) => resolve(data), {
    once: true,
  });
  const { method, url, headers, body } = request;
  const { port1, port2: bodies } = new MessageChannel();
  const gone = new AbortController();
  const { source, sink } = openPortDuplex(port1, { windowBytes: FAR_WINDOW_BYTES });
  const passed: PassedRequest = {
    method,
    url,
    headers: [...headers],
    hasBody: body !== null,
    lock: LOCK,
    bodies,
  };
  port.postMessage(passed, [bodies]);
  if (body === null) sink.close();
  else void pumpReadable(body, sink, { gatheredBytes: GATHERED_BYTES }); // never rejects
  const over = watchLock(navigator.locks, lock, () =>
    gone.abort(new Exception("disconnected", "The tab is gone")),
  );
  try {
    const { status, headers: given, hasBody } = await untilAborted(promise, gone.signal);
    const bytes = {
      read: source.read.bind(source),
      [Symbol.dispose]() {
        over();
        source[Symbol.dispose]();
      },
    };
    if (!hasBody) bytes[Symbol.dispose]();
    const answer = hasBody ? toReadable(bytes, { signal: gone.signal }) : null;
    return seal(
      new Response(answer, { status, headers: given.map(([key, value]) => [key, value]) }),
    );
  } catch {
    over();
    port.close();
    sink[Symbol.dispose]();
    source[Symbol.dispose]();
    return refuse(502, `The tab that has the sandbox "${name}" is gone`);
  }
}

/** `undefined` for what is no text. */
function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

interface Owner extends OwnerAnswer {
  readonly port: MessagePort;
}

/** The tab that has the sandbox. */
async function findOwner(name: string): Promise<Owner | undefined> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const { promise: found, resolve } = Promise.withResolvers<Owner | undefined>();
  const limit = setTimeout(() => resolve(undefined), OWNER_MS);
  const ports = windows.map((client) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener(
      "message",
      ({ data }: MessageEvent<OwnerAnswer>) => resolve({ port: port1, lock: data.lock }),
      { once: true },
    );
    port1.start();
    client.postMessage({ type: "sandbox", name } satisfies AskedOwner, [port2]);
    return port1;
  });
  const owner = await found;
  clearTimeout(limit);
  for (const other of ports) if (other !== owner?.port) other.close();
  return owner;
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

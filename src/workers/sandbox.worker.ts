/**
 * Entry of the service worker that passes requests below `sandbox/<name>/` on to the tab that has the sandbox of that name.
 *
 * It keeps no state, since browsers end it at any time. Its answers are for programs, and can never become documents or
 * scripts of this origin.
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

/** How long to wait for the tab that has a sandbox; one that does not answer in time is closed or too busy. */
const OWNER_MS = 2000;
/** Pieces of bodies are gathered up to this size: browsers read 64 KiB at a time, and each piece costs time at every hop. */
const GATHERED_BYTES = 256 * 1024;
/** Tabs wait for this lock, and so learn that the browser has ended this worker. */
const LOCK = `worker/${crypto.randomUUID()}`;
let holding: Promise<void> | undefined;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  // The server answers navigation to pages below this path.
  if (request.mode === "navigate") return;
  const { pathname } = new URL(request.url);
  const scope = new URL(self.registration.scope).pathname;
  const name = /^[^/]+(?=\/)/.exec(pathname.slice(scope.length))?.[0];
  if (!pathname.startsWith(scope) || name === undefined) return;
  event.respondWith(forward(request, name));
});

async function forward(request: Request, part: string): Promise<Response> {
  if (request.destination !== "") {
    return refuse(403, "A sandbox answers programs only, and cannot be loaded as part of a page");
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
    const { status, headers: pairs, hasBody } = await untilAborted(promise, gone.signal);
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
      new Response(answer, { status, headers: pairs.map(([key, value]) => [key, value]) }),
    );
  } catch {
    over();
    port.close();
    sink[Symbol.dispose]();
    source[Symbol.dispose]();
    return refuse(502, `The tab that has the sandbox "${name}" is gone`);
  }
}

/** `undefined` when the part is malformed. */
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

/** Asks all tabs for the sandbox; `undefined` when none answers in time. */
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

/** Sets headers by which no browser shows or runs the response as part of this origin. */
function seal(response: Response): Response {
  const { headers } = response;
  headers.set("content-security-policy", "sandbox");
  headers.set("x-content-type-options", "nosniff");
  headers.set("content-disposition", "attachment");
  headers.set("cross-origin-resource-policy", "same-origin");
  return response;
}

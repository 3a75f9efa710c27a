/** The agent of one sandbox: everything that its clients can ask, behind one function of requests. */
import { Exception } from "#base";
import { dup } from "#capnp";
import type { Sandbox } from "#schema";
import { openExchange } from "./bodies.ts";
import type { Exchange } from "./bodies.ts";
import { BOUNDS } from "./bounds.ts";
import { HttpError, toErrorResponse, toHttpError } from "./errors.ts";
import { compose } from "./compose.ts";
import { download } from "./download.ts";
import { createFilesystemService } from "./filesystem-service.ts";
import { Filesystem } from "./generated/filesystem/filesystem.ts";
import { Process } from "./generated/process/process.ts";
import type { HttpHandler, HttpParts } from "./http-parts.ts";
import { init } from "./init.ts";
import { createMetrics } from "./metrics.ts";
import type { AgentOptions, AgentPowers } from "./powers.ts";
import { createProcessService } from "./process-service.ts";
import { createProcessTable } from "./process-table.ts";
import { createRpc } from "./rpc.ts";
import { createSettings } from "./settings.ts";
import { equalSecrets } from "./token.ts";
import { upload } from "./upload.ts";
import { createWatchers } from "./watchers.ts";

export interface Agent extends Disposable {
  /** Answers every request; never throws. The answer's body must be read or cancelled. */
  fetch(request: Request): Promise<Response>;
}

/**
 * Opens the agent of a sandbox, which the agent borrows until it is disposed. Processes that clients have started live on.
 *
 * @throws {Exception} what the sandbox fails with
 */
export async function openAgent(
  sandbox: Sandbox,
  powers: AgentPowers,
  options: AgentOptions = {},
): Promise<Agent> {
  using stack = new DisposableStack();
  const own = stack.use(dup(sandbox));
  const files = stack.use((await own.files()).files);
  const spawner = stack.use((await own.spawner()).spawner);
  const settings = createSettings(options);
  const table = stack.use(createProcessTable(powers));
  const watchers = stack.use(createWatchers(files, powers));
  const rpc = createRpc((router) => {
    router.service(Process, createProcessService({ spawner, files, table, settings, powers }));
    router.service(Filesystem, createFilesystemService({ files, watchers, settings, powers }));
  }, powers);
  const parts: HttpParts = { sandbox: own, files, settings, powers };
  const handlers = createHttpHandlers();
  const open = new Set<Exchange>();

  const answer = async (request: Request, exchange: Exchange): Promise<Response> => {
    const url = new URL(request.url);
    const { pathname } = url;
    requireHeaderSize(request.headers);
    await requireToken(request, pathname, settings.accessToken);
    if (rpc.isMethod(pathname)) return await rpc.answer(request, pathname, exchange);
    const methods = handlers.get(pathname);
    if (methods === undefined)
      throw new HttpError(404, `there is nothing at ${pathname.slice(0, 200)}`);
    const handler = methods[request.method];
    if (handler === undefined) {
      const allow = { allow: Object.keys(methods).join(", ") };
      throw new HttpError(405, `the method must be one of ${allow.allow}`, allow);
    }
    const response = await handler(request, url, exchange, parts);
    if (response.body === null || !STREAMED.has(`${request.method} ${pathname}`)) exchange.end();
    return response;
  };
  const resources = stack.move();
  return {
    async fetch(request) {
      if (resources.disposed) return refuse(new Exception("disconnected", "The agent has ended"));
      if (open.size >= BOUNDS.requests) {
        return refuse(new HttpError(429, `${BOUNDS.requests} requests are open already`));
      }
      const exchange = openExchange(request, () => open.delete(exchange));
      open.add(exchange);
      try {
        return await answer(request, exchange);
      } catch (reason) {
        exchange.end();
        void request.body?.cancel().catch(() => undefined); // it may be locked by a reader, or have failed
        return refuse(reason);
      }
    },
    [Symbol.dispose]() {
      for (const exchange of open) exchange.leave(new HttpError(503, "the agent has ended"));
      resources.dispose();
    },
  };
}

function refuse(reason: unknown): Response {
  return toErrorResponse(toHttpError(reason));
}

function requireHeaderSize(headers: Headers): void {
  let length = 0;
  for (const [name, value] of headers) length += name.length + value.length;
  if (length <= BOUNDS.headerBytes) return;
  throw new HttpError(431, `the headers are longer than ${BOUNDS.headerBytes} bytes`);
}

const nothing: HttpHandler = async () =>
  new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
const envs: HttpHandler = async (_request, _url, _exchange, { settings }) =>
  Response.json(Object.fromEntries(settings.env), { headers: { "cache-control": "no-store" } });

/** The agent's plain HTTP: by path, then by method. */
function createHttpHandlers(): ReadonlyMap<string, Readonly<Record<string, HttpHandler>>> {
  return new Map([
    ["/health", { GET: nothing }],
    ["/metrics", { GET: createMetrics() }],
    ["/envs", { GET: envs }],
    ["/init", { POST: init }],
    ["/files", { GET: download, POST: upload }],
    ["/files/compose", { POST: compose }],
    // Our snapshots are consistent whatever is written meanwhile, so there is nothing to prepare.
    ["/snapshot/prepare", { POST: nothing }],
  ]);
}

/** Requests whose answers stream a body, which ends the exchange itself. */
const STREAMED: ReadonlySet<string> = new Set(["GET /files"]);

/** Requests that need no token: `/health` is open to all, and `/files` and `/init` have checks of their own. */
const FREE: readonly string[] = ["GET /health", "GET /files", "POST /files", "POST /init"];

async function requireToken(
  request: Request,
  path: string,
  token: string | undefined,
): Promise<void> {
  if (token === undefined || FREE.includes(`${request.method} ${path}`)) return;
  const given = request.headers.get("x-access-token") ?? "";
  if (await equalSecrets(given, token)) return;
  const state = given === "" ? "the request has no access token" : "the access token is wrong";
  throw new HttpError(401, `${state}: SDKs get it when they connect with the API key`);
}

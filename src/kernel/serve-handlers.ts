/** The HTTP handlers of a run, for its owner. @see capnp/owner.capnp Run.handlers */
import { Exception } from "#base";
import { cast, createPromisedClient, dup, serve } from "#capnp";
import type { Init } from "#capnp";
import { HttpHandler } from "#schema";
import type { HandlerEntry, HttpHandlerServer, HttpResponse } from "#schema";
import type { Run } from "./kernel.ts";
import { SERVES_NOTHING } from "./table-process.ts";

/** Name of the handler that the image's program serves. */
const PROGRAM = "program";

export function listHandlers(run: Run): HandlerEntry[] {
  const { stage, handlers, served } = run;
  if (stage.which !== "running" || run.outcome !== undefined) return [];
  return [
    ...handlers.prefixes.map((name) => ({ name, kind: "cgi" }) as const),
    ...(served === undefined ? [] : [{ name: PROGRAM, kind: served }]),
  ];
}

/**
 * The handler with a name; with the empty name, one that routes each request by its path, and is a broken promise when the
 * program can serve nothing.
 *
 * @throws {Exception} `failed` when no handler has the name.
 */
export function findHandler(run: Run, name: string): HttpHandler {
  if (name === "") return createPromisedClient(HttpHandler, findAll(run));
  if (name === PROGRAM) return createPromisedClient(HttpHandler, findProgram(run));
  const found = run.handlers.get(name);
  if (found === undefined) {
    throw new Exception("failed", `This run has no handler "${name.slice(0, 200)}"`);
  }
  return dup(found);
}

async function findProgram(run: Run): Promise<HttpHandler> {
  using first = (await run.findFirst()).bootstrap();
  return cast(first, HttpHandler);
}

async function findAll(run: Run): Promise<HttpHandler> {
  await run.findFirst();
  if (run.served === undefined && run.handlers.prefixes.length === 0) {
    throw new Exception("unimplemented", SERVES_NOTHING);
  }
  return serve(HttpHandler, serveAll(run));
}

/** Passes each request on to the handler with the matching prefix, or else to the program. */
function serveAll(run: Run): HttpHandlerServer {
  const find = async (path: string): Promise<HttpHandler> => {
    const found = run.handlers.find(path);
    return found === undefined ? findProgram(run) : dup(found);
  };
  return {
    async handle(request, { signal }) {
      using handler = await find(request.path);
      using results = await handler.handle(request, { signal });
      return { response: keepResponse(results.response) };
    },
    async upgrade(request, incoming, { signal }) {
      using handler = await find(request.path);
      using results = await handler.upgrade(request, incoming, { signal });
      const { response, outgoing } = results;
      return {
        response: keepResponse(response),
        outgoing: dup(outgoing),
      };
    },
  };
}

/** Copies what must outlive the results, which lend their content until they are disposed. */
function keepResponse(response: HttpResponse): Init<HttpResponse> {
  const { body, trailers, content } = response;
  return { ...response, content: content.slice(), body: dup(body), trailers: dup(trailers) };
}

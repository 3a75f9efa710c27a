/** Finds the sandbox that a request to the port of agents is for, and checks who asks. */
import type { ControlPlane } from "./control-plane.ts";
import { RequestError, toErrorResponse } from "./json-request.ts";
import type { Entry, Registry } from "./registry.ts";

export interface AgentDoorParts {
  readonly registry: Registry;
  readonly controlPlane: ControlPlane;
  /** Origins whose pages may ask, besides those of this computer; origins of previews are never among them. */
  readonly origins?: readonly string[];
  /** Host names that the port answers to, besides those of this computer. */
  readonly hosts?: readonly string[];
}

/** The id that SDKs send when they were given no sandbox. */
const ANY = "debug_sandbox_id";
const MAX_AGE_S = 7200;
/** The agent's port, as host names have it: `49983-<id>.localhost`. */
const AGENT_PORT = "49983";

/** Never throws. */
export type AgentDoor = (request: Request) => Promise<Response>;

export function createAgentDoor(parts: AgentDoorParts): AgentDoor {
  const { registry, controlPlane, origins = [], hosts = [] } = parts;
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (controlPlane.isPath(pathname)) return await controlPlane.fetch(request);
    const entry = findSandbox(request, registry);
    if (registry.isHeld(entry)) {
      throw new RequestError(502, "the sandbox is being paused", { sandboxId: entry.id });
    }
    return await entry.agent.fetch(request);
  };
  return async (request) => {
    try {
      requireOwnHost(request, hosts);
      const origin = request.headers.get("origin");
      if (origin !== null && !isWelcome(origin, origins)) {
        throw new RequestError(403, "this node does not answer pages of other sites");
      }
      if (origin === null && isForeignFetch(request)) {
        throw new RequestError(403, "this node does not answer pages of other sites");
      }
      const allowed = origin === null ? {} : allow(origin);
      if (request.method === "OPTIONS") return answerPreflight(request, allowed);
      const response = await answer(request);
      if (origin === null) return response;
      const headers = new Headers(response.headers);
      for (const [name, value] of Object.entries(allowed)) headers.set(name, value);
      return new Response(response.body, { status: response.status, headers });
    } catch (reason) {
      const error =
        reason instanceof RequestError ? reason : new RequestError(500, "internal error");
      return toErrorResponse(error, request);
    }
  };
}

/** Refuses names of other sites that resolve to this computer (DNS rebinding). */
function requireOwnHost(request: Request, hosts: readonly string[]): void {
  const { hostname } = new URL(request.url);
  if (hosts.includes(hostname)) return;
  if (/^(?:127\.0\.0\.1|\[::1\]|localhost|\d+-[a-z0-9-]+\.localhost)$/.test(hostname)) return;
  throw new RequestError(403, "this node answers to 127.0.0.1 and localhost, under no other name");
}

/** Names below `localhost` are origins of cells' previews, so they are not this computer's own pages. */
function isWelcome(origin: string, origins: readonly string[]): boolean {
  if (origins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  return /^(?:127\.0\.0\.1|\[::1\]|localhost)$/.test(new URL(origin).hostname);
}

/** Browsers send no `Origin` for images and the like, but they do send `Sec-Fetch-Site`. */
function isForeignFetch({ headers }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  return site !== null && site !== "same-origin" && site !== "none" && site !== "same-site"
    ? headers.get("sec-fetch-mode") !== "navigate"
    : false;
}

function allow(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "*",
    vary: "Origin, Accept-Encoding",
  };
}

/** Echoes the requested headers, since "*" does not cover `Authorization`. */
function answerPreflight(request: Request, allowed: Readonly<Record<string, string>>): Response {
  const asked = request.headers.get("access-control-request-headers");
  const headers = {
    ...allowed,
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS",
    "access-control-max-age": `${MAX_AGE_S}`,
    ...(asked === null ? {} : { "access-control-allow-headers": asked }),
    ...(request.headers.get("access-control-request-private-network") === "true"
      ? { "access-control-allow-private-network": "true" }
      : {}),
  };
  return new Response(null, { status: 204, headers });
}

/** @throws {RequestError} 502, which SDKs read as "not running", or 400 where the client must name one */
function findSandbox(request: Request, registry: Registry): Entry {
  const { hostname } = new URL(request.url);
  const [, port, named] = /^(\d+)-([a-z0-9-]+)\.localhost$/.exec(hostname) ?? [];
  const id = named ?? request.headers.get("e2b-sandbox-id") ?? ANY;
  if (port !== undefined && port !== AGENT_PORT) {
    throw new RequestError(502, `nothing serves port ${port} of the sandbox`, { sandboxId: id });
  }
  if (id !== ANY) {
    const found = registry.find(id);
    if (found !== undefined) return found;
    throw new RequestError(502, registry.describeMissing(id), { sandboxId: id });
  }
  const all = registry.list();
  const [only] = all;
  if (only === undefined) throw new RequestError(502, "no sandbox is running");
  if (all.length === 1) return only;
  const names = all.map((entry) => JSON.stringify(entry.id)).join(", ");
  const how = "connect to one by its name";
  throw new RequestError(400, `several sandboxes are running here; ${how}: ${names}`);
}

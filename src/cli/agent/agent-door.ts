/** Which sandbox a request to the port of agents means, and who may ask. */
import type { ControlPlane } from "./control-plane.ts";
import { RequestError, toErrorResponse } from "./json-request.ts";
import type { Entry, Registry } from "./registry.ts";

export interface AgentDoorParts {
  readonly registry: Registry;
  readonly controlPlane: ControlPlane;
  /** Origins whose pages may ask, besides those of this computer; previews of cells are none of them. */
  readonly origins?: readonly string[];
  /** Names of hosts, besides those of this computer. */
  readonly hosts?: readonly string[];
}

/** What SDKs send when they were given no sandbox. */
const ANY = "debug_sandbox_id";
const MAX_AGE_S = 7200;
/** Of the agent, in names of hosts: `49983-<id>.localhost`. */
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
        throw new RequestError(403, "this node answers no pages of other sites");
      }
      if (origin === null && isForeignFetch(request)) {
        throw new RequestError(403, "this node answers no pages of other sites");
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

/** Against names of other sites that lead here (DNS rebinding). */
function requireOwnHost(request: Request, hosts: readonly string[]): void {
  const { hostname } = new URL(request.url);
  if (hosts.includes(hostname)) return;
  if (/^(?:127\.0\.0\.1|\[::1\]|localhost|\d+-[a-z0-9-]+\.localhost)$/.test(hostname)) return;
  throw new RequestError(403, "this node answers to 127.0.0.1 and localhost, under no other name");
}

/** Names below localhost are those of cells' previews. */
function isWelcome(origin: string, origins: readonly string[]): boolean {
  if (origins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  return /^(?:127\.0\.0\.1|\[::1\]|localhost)$/.test(new URL(origin).hostname);
}

/** Pages of other sites send no origin with what they load as images and the like. */
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

/** "*" would not cover Authorization: what is asked for is said back. */
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

/** The control plane by which SDKs create and list sandboxes: a small one, for this node alone. */
import { Exception, toMessage } from "#base";
import { equalKeys } from "./equal-keys.ts";
import { field, readJson, RequestError, texts, toErrorResponse } from "./json-request.ts";
import type { Fields } from "./json-request.ts";
import type { Lifetimes, Made } from "./lifetimes.ts";
import { NO_END } from "./no-end.ts";
import { adviseResume } from "./registry.ts";
import type { Entry, Registry } from "./registry.ts";

export interface ControlPlane {
  /** Whether the control plane answers requests for the path. */
  isPath(path: string): boolean;
  /** Never throws. */
  fetch(request: Request): Promise<Response>;
}

export interface ControlPlaneParts {
  readonly registry: Registry;
  readonly lifetimes: Lifetimes;
  /** Without it, every request is refused. */
  readonly apiKey: string | undefined;
  /** The domain of the ports of sandboxes: `<port>-<id>.<domain>`. */
  readonly domain: string;
}

/** The version of the agent that ours imitates. */
const VERSION = "0.6.13";
const DEFAULT_TIMEOUT_S = 300;
const MOST_TIMEOUT_S = 24 * 60 * 60;
const MOST_COUNT = 16;
const CLIENT = "ww";

type Handler = (
  request: Request,
  url: URL,
  id: string,
  parts: ControlPlaneParts,
) => Promise<Response>;

export function createControlPlane(parts: ControlPlaneParts): ControlPlane {
  return {
    isPath: (path) => /^\/(?:v2\/)?(?:sandboxes|snapshots|templates)(?:\/|$)/.test(path),
    async fetch(request) {
      try {
        requireKey(request, parts.apiKey);
        const url = new URL(request.url);
        for (const [pattern, handler] of ROUTES) {
          const found = pattern.exec(`${request.method} ${url.pathname}`);
          if (found === null) continue;
          return await handler(request, url, decodeURIComponent(found[1] ?? ""), parts);
        }
        throw new RequestError(404, "there is nothing at this path");
      } catch (reason) {
        return toErrorResponse(toRequestError(reason));
      }
    },
  };
}

function requireKey(request: Request, key: string | undefined): void {
  if (key === undefined) {
    const state = "this node has no API key, and makes no sandboxes";
    throw new RequestError(401, `${state}: start it with --api-key <file>`);
  }
  const given = request.headers.get("x-api-key") ?? "";
  if (given !== "" && equalKeys(given, key)) return;
  const state = given === "" ? "the request has no API key" : "the API key is wrong";
  const place = "the file that this node was given as --api-key has it";
  throw new RequestError(401, `${state}: ${place}`);
}

function toRequestError(reason: unknown): RequestError {
  if (reason instanceof RequestError) return reason;
  if (reason instanceof URIError) return new RequestError(400, "the path is malformed");
  if (reason instanceof RangeError) return new RequestError(429, reason.message);
  if (reason instanceof Exception) {
    const status = { overloaded: 429, disconnected: 502, unimplemented: 501, failed: 400 };
    return new RequestError(status[reason.kind], reason.message);
  }
  return new RequestError(500, toMessage(reason));
}

const create: Handler = async (request, _url, _id, parts) => {
  const fields = await readJson(request);
  const template = field(fields, "templateID", "string");
  if (template === undefined || template === "") {
    throw new RequestError(400, "templateID is the CID of an image, and is missing");
  }
  for (const name of ["mcp", "network", "iam", "volumeMounts"]) {
    if ((fields[name] ?? undefined) !== undefined) {
      throw new RequestError(400, `sandboxes of this node have no ${name}`);
    }
  }
  const order = {
    template,
    metadata: texts(fields, "metadata"),
    env: texts(fields, "envVars"),
    pauses: field(fields, "autoPause", "boolean") ?? false,
  };
  const entry = await parts.lifetimes.create(order, readTimeoutMs(fields));
  return Response.json(toSession(entry.id, parts), { status: 201 });
};

const list: Handler = async (_request, url, _id, parts) => {
  const states = url.searchParams.getAll("state").flatMap((text) => text.split(","));
  // SDKs encode each name and value twice.
  const wanted = [...new URLSearchParams(url.searchParams.get("metadata") ?? "")].map(
    ([name, value]) => [decodeURIComponent(name), decodeURIComponent(value)] as const,
  );
  const { registry, lifetimes } = parts;
  const ids = new Set([...registry.list().map(({ id }) => id), ...lifetimes.made.keys()]);
  const all = [...ids]
    .map((id) => toListed(id, parts))
    .filter(({ state }) => states.length === 0 || states.includes(state))
    .filter(({ metadata }) => wanted.every(([name, value]) => metadata[name] === value));
  return Response.json(all);
};

const get: Handler = async (_request, _url, id, parts) => {
  requireKnown(id, parts);
  return Response.json({ ...toListed(id, parts), ...toSession(id, parts) });
};

const end: Handler = async (_request, _url, id, { lifetimes }) => {
  if (!(await lifetimes.end(id))) throw new RequestError(404, `there is no sandbox "${id}"`);
  return new Response(null, { status: 204 });
};

const resume: Handler = async (request, _url, id, parts) => {
  const { registry, lifetimes } = parts;
  requireKnown(id, parts);
  const fields = await readJson(request);
  const timeoutMs = readTimeoutMs(fields);
  const isPaused = registry.find(id) === undefined || lifetimes.isPausing(id);
  if (isPaused) await lifetimes.resume(id, timeoutMs);
  else if (fields["timeout"] !== undefined) lifetimes.extend(id, timeoutMs);
  return Response.json(toSession(id, parts));
};

const setEnd: Handler = async (request, _url, id, parts) => {
  requireRunning(id, parts);
  parts.lifetimes.setTimeout(id, readTimeoutMs(await readJson(request)));
  return new Response(null, { status: 204 });
};

const pause: Handler = async (_request, _url, id, parts) => {
  const { registry, lifetimes } = parts;
  requireKnown(id, parts);
  const entry = registry.find(id);
  if (entry === undefined) {
    throw new RequestError(409, `sandbox "${id}" is paused already: ${adviseResume(id)}`);
  }
  if (!lifetimes.made.has(id)) {
    throw new RequestError(400, `sandbox "${id}" was not made here, and cannot be paused`);
  }
  await lifetimes.pause(entry);
  return new Response(null, { status: 204 });
};

const snapshot: Handler = async (request, _url, id, parts) => {
  const entry = requireRunning(id, parts);
  const name = field(await readJson(request), "name", "string");
  const made = await parts.lifetimes.snapshot(entry, name === undefined ? [] : [name]);
  return Response.json({ snapshotID: made.id, names: made.names }, { status: 201 });
};

const fork: Handler = async (request, _url, id, parts) => {
  const entry = requireRunning(id, parts);
  const fields = await readJson(request);
  const count = field(fields, "count", "number") ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > MOST_COUNT) {
    throw new RequestError(400, `count is not a number from 1 to ${MOST_COUNT}`);
  }
  const { lifetimes } = parts;
  const answers: object[] = [];
  for (let number = 0; number < count; number++) {
    try {
      const made = await lifetimes.fork(entry, readTimeoutMs(fields));
      answers.push({ sandbox: toSession(made.id, parts) });
    } catch (reason) {
      const { status, message } = toRequestError(reason);
      answers.push({ error: { code: status, message } });
    }
  }
  return Response.json(answers, { status: 201 });
};

const metrics: Handler = async (_request, _url, id, parts) => {
  const { agent, token = "" } = requireRunning(id, parts);
  const headers = { "x-access-token": token };
  const answer = await agent.fetch(new Request("http://localhost/metrics", { headers }));
  const used = (await answer.json()) as Record<string, number>;
  const { ts = 0 } = used;
  return Response.json([
    {
      timestamp: new Date(ts * 1000).toISOString(),
      timestampUnix: ts,
      cpuCount: used["cpu_count"],
      cpuUsedPct: used["cpu_used_pct"],
      memTotal: used["mem_total"],
      memUsed: used["mem_used"],
      memCache: used["mem_cache"],
      diskTotal: used["disk_total"],
      diskUsed: used["disk_used"],
    },
  ]);
};

const listSnapshots: Handler = async (_request, url, _id, { lifetimes }) => {
  const of = url.searchParams.get("sandboxID");
  const name = url.searchParams.get("name");
  const found = [...lifetimes.snapshots.values()].filter(
    ({ sandbox, names }) =>
      (of === null || sandbox === of) && (name === null || names.includes(name)),
  );
  return Response.json(found.map(({ id, names }) => ({ snapshotID: id, names })));
};

/** An extension for `ww sandbox snapshot --save`; SDKs have no such request. */
const readSnapshot: Handler = async ({ signal }, _url, id, { lifetimes }) => {
  const car = await lifetimes.readSnapshot(id, { signal });
  if (car === undefined) throw new RequestError(404, "there is no such snapshot");
  return new Response(car, { headers: { "content-type": "application/vnd.ipld.car" } });
};

const forgetSnapshot: Handler = async (_request, _url, id, { lifetimes }) => {
  if (lifetimes.snapshots.delete(id)) return new Response(null, { status: 204 });
  throw new RequestError(404, "there is no such snapshot");
};

const ROUTES: readonly (readonly [RegExp, Handler])[] = [
  [/^POST \/(?:v2\/)?sandboxes$/, create],
  [/^GET \/(?:v2\/)?sandboxes$/, list],
  [/^GET \/sandboxes\/([^/]+)$/, get],
  [/^DELETE \/sandboxes\/([^/]+)$/, end],
  [/^POST \/(?:v2\/)?sandboxes\/([^/]+)\/(?:connect|resume)$/, resume],
  [/^POST \/sandboxes\/([^/]+)\/timeout$/, setEnd],
  [/^POST \/sandboxes\/([^/]+)\/pause$/, pause],
  [/^POST \/sandboxes\/([^/]+)\/snapshots$/, snapshot],
  [/^POST \/sandboxes\/([^/]+)\/fork$/, fork],
  [/^GET \/sandboxes\/([^/]+)\/metrics$/, metrics],
  [/^GET \/snapshots$/, listSnapshots],
  [/^GET \/snapshots\/([^/]+)\/car$/, readSnapshot],
  [/^DELETE \/templates\/([^/]+)$/, forgetSnapshot],
];

function requireKnown(id: string, { registry, lifetimes }: ControlPlaneParts): void {
  if (registry.find(id) !== undefined || lifetimes.made.has(id)) return;
  throw new RequestError(404, `there is no sandbox "${id}"`);
}

function requireRunning(id: string, parts: ControlPlaneParts): Entry {
  const entry = parts.registry.find(id);
  if (entry !== undefined) return entry;
  requireKnown(id, parts);
  throw new RequestError(404, `sandbox "${id}" is paused: ${adviseResume(id)}`);
}

function readTimeoutMs(fields: Fields): number {
  const seconds = field(fields, "timeout", "number") ?? DEFAULT_TIMEOUT_S;
  if (seconds >= 0 && seconds <= MOST_TIMEOUT_S) return seconds * 1000;
  throw new RequestError(400, `timeout is not a number of seconds up to ${MOST_TIMEOUT_S}`);
}

/** The sandbox with the token for its agent. */
function toSession(id: string, { registry, lifetimes, domain }: ControlPlaneParts): object {
  const token = registry.find(id)?.token;
  return {
    sandboxID: id,
    templateID: lifetimes.made.get(id)?.template ?? "",
    clientID: CLIENT,
    envdVersion: VERSION,
    domain,
    ...(token === undefined ? {} : { envdAccessToken: token }),
  };
}

interface Listed {
  readonly sandboxID: string;
  readonly state: "running" | "paused";
  readonly metadata: Made["metadata"];
}

function toListed(id: string, { registry, lifetimes }: ControlPlaneParts): Listed {
  const { startedMs = 0, endMs, metadata = {}, template = "" } = lifetimes.made.get(id) ?? {};
  const listed = {
    sandboxID: id,
    templateID: template,
    clientID: CLIENT,
    envdVersion: VERSION,
    cpuCount: 1,
    memoryMB: 0,
    diskSizeMB: 0,
    startedAt: new Date(startedMs).toISOString(),
    endAt: endMs === undefined ? NO_END : new Date(endMs).toISOString(),
    state: registry.find(id) === undefined ? "paused" : "running",
    metadata,
  } as const;
  return listed;
}

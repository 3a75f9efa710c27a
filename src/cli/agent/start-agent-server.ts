/** Serves the agents of sandboxes and their control plane on a port of this computer alone. */
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { RequestListener, Server } from "node:http";
import type { AgentPowers } from "#agent";
import { Exception } from "#base";
import type { Certificate } from "../certificate.ts";
import { AGENT_PORT } from "./agent-port.ts";
import { createAgentDoor } from "./agent-door.ts";
import type { AgentDoor } from "./agent-door.ts";
import { createControlPlane } from "./control-plane.ts";
import { createLifetimes } from "./lifetimes.ts";
import { createNodeHandler } from "./node-handler.ts";
import { createPortFront } from "./ports.ts";
import { createRegistry } from "./registry.ts";
import type { Registry } from "./registry.ts";
import type { Sandboxes } from "./sandboxes.ts";

const HOST = "127.0.0.1";
const SOCKETS = 1024;
/** How long a connection may be silent; streams send a keepalive at least every 90 s. */
const IDLE_MS = 150_000;
/** How long the head of a request may take to arrive. */
const HEAD_MS = 30_000;

export interface AgentServerOptions {
  /** 0 for any free port; by default, the one where SDKs look. */
  readonly port?: number;
  readonly sandboxes: Sandboxes;
  /** Opens the key of the control plane, called once the server has the port. Without it, every request is refused. */
  readonly openKey?: (() => Promise<string>) | undefined;
  readonly origins?: readonly string[];
  readonly certificate?: Certificate | undefined;
  readonly powers?: AgentPowers;
}

export interface AgentServer extends AsyncDisposable {
  readonly port: number;
  /** Takes sandboxes that the control plane did not create, such as those of tabs. */
  readonly registry: Registry;
}

/** @throws {Exception} `failed` when the port is taken, or what `openKey` fails with. */
export async function startAgentServer(options: AgentServerOptions): Promise<AgentServer> {
  const { sandboxes, openKey, origins = [], certificate, powers = NODE_POWERS } = options;
  await using stack = new AsyncDisposableStack();
  const registry = stack.use(createRegistry(powers));
  const lifetimes = stack.use(createLifetimes(sandboxes, registry, powers));
  const { promise: door, resolve: begin } = Promise.withResolvers<AgentDoor>();
  const agents = createNodeHandler(async (request) => (await door)(request));
  const ports = createPortFront(registry);
  const handler: RequestListener = (request, response) => {
    if (!ports.answer(request, response)) agents(request, response);
  };
  // Large files take long: the agent itself ends requests whose bodies stall.
  const limits = { headersTimeout: HEAD_MS, requestTimeout: 0, maxHeaderSize: 32 * 1024 };
  const server =
    certificate === undefined
      ? createServer(limits, handler)
      : createSecureServer({ ...limits, cert: certificate.cert, key: certificate.key }, handler);
  server.on("upgrade", (request, socket, head) => {
    if (!ports.upgrade(request, socket, head)) socket.destroy();
  });
  server.maxConnections = SOCKETS;
  server.timeout = IDLE_MS;
  stack.defer(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const port = await listen(server, options.port ?? AGENT_PORT);
  const apiKey = await openKey?.();
  const domain = `localhost:${port}`;
  const controlPlane = createControlPlane({ registry, lifetimes, apiKey, domain });
  begin(createAgentDoor({ registry, controlPlane, origins, hosts: certificate?.names ?? [] }));
  const owned = stack.move();
  return { port, registry, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (reason: NodeJS.ErrnoException) => {
      if (reason.code !== "EADDRINUSE") return reject(reason);
      const state = `port ${port} is taken, perhaps by another ww sandbox; choose another with --agent-port`;
      reject(new Exception("failed", `Cannot serve sandboxes: ${state}`, { cause: reason }));
    });
    server.listen(port, HOST, resolve);
  });
  return (server.address() as AddressInfo).port;
}

const NODE_POWERS: AgentPowers = {
  now: () => Date.now(),
  startTimer(ms, tell) {
    const timer = setTimeout(tell, ms);
    return () => clearTimeout(timer);
  },
  randomBytes: (length) => randomBytes(length),
};

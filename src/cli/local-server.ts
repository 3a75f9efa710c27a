/** The HTTP server of the local node: for this computer only, with bounds on what clients can hold open. */
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Server } from "node:http";
import { Exception } from "#base";
import { findForeign } from "./foreign.ts";
import type { RequestHandler } from "./gateway.ts";
import type { Certificate } from "./certificate.ts";

export interface ServerLimits {
  /** Connections at a time; further ones are closed. */
  readonly sockets: number;
  /** How long a connection may be silent, and a request may take to arrive. */
  readonly idleMs: number;
}

/** A tab takes seven: six of HTTP/1.1, and one to the relay, which carries traffic at least once a minute. */
export const SERVER_LIMITS: ServerLimits = { sockets: 512, idleMs: 120_000 };

export interface LocalServer extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
}

/** The only address that it listens on: no other computer is served. */
export const HOST = "127.0.0.1";

export interface ServerOptions extends Partial<ServerLimits> {
  /** With it, the server speaks only HTTPS, and also answers to the names of the certificate. */
  readonly certificate?: Certificate | undefined;
  /** Answers a request and returns true, or returns false; called before any other check. */
  readonly intercept?: ((...exchange: Parameters<RequestHandler>) => boolean) | undefined;
}

/**
 * Starts to listen. Foreign requests are refused, all others are answered by the handler.
 *
 * @param port 0 for any free one
 * @throws {Exception} `failed` when the port is taken.
 */
export async function startLocalServer(
  port: number,
  handler: RequestHandler,
  options: ServerOptions = {},
): Promise<LocalServer> {
  const { sockets, idleMs, certificate, intercept } = { ...SERVER_LIMITS, ...options };
  const timeouts = {
    headersTimeout: idleMs,
    requestTimeout: idleMs,
    connectionsCheckingInterval: idleMs / 4,
  };
  const server =
    certificate === undefined
      ? createServer(timeouts)
      : createSecureServer({ ...timeouts, cert: certificate.cert, key: certificate.key });
  server.maxConnections = sockets;
  server.timeout = idleMs;
  server.on("request", (request, response) => {
    if (intercept?.(request, response) === true) return;
    const foreign = findForeign(request, certificate?.names);
    if (foreign === undefined) return void handler(request, response); // never throws
    response.writeHead(403, { "content-type": "text/plain; charset=utf-8" });
    response.end(`${foreign.reason}\n`);
  });
  const publicPort = await listen(server, port);
  return {
    server,
    port: publicPort,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (reason: NodeJS.ErrnoException) => {
      if (reason.code !== "EADDRINUSE") return reject(reason);
      const state = `port ${port} is taken, perhaps by npm start, which runs such a node; choose another with --port`;
      reject(new Exception("failed", `Cannot start: ${state}`, { cause: reason }));
    });
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

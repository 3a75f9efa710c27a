/** Lets two servers share a port: forwards WebSockets to the other server, byte by byte unchanged. */
import type { IncomingMessage, Server } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { findForeign } from "./foreign.ts";
import { SERVER_LIMITS } from "./local-server.ts";
import type { ServerLimits } from "./local-server.ts";

export interface PassOptions extends Partial<Pick<ServerLimits, "idleMs">> {
  /** Whether another handler answers the WebSocket. */
  readonly except?: (request: IncomingMessage) => boolean;
  /** @see findForeign */
  readonly names?: readonly string[] | undefined;
}

/** Forwards every WebSocket of this computer to a port of 127.0.0.1. Idle ones are closed; dispose closes all. */
export function passWebSockets(
  server: Server,
  port: () => Promise<number>,
  { idleMs = SERVER_LIMITS.idleMs, except = () => false, names = [] }: PassOptions = {},
): Disposable {
  const sockets = new Set<Socket>();
  const join = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
    // `close` follows, and ends both sockets.
    socket.on("error", () => undefined);
    socket.on("timeout", () => socket.destroy());
    socket.pipe(other);
  };
  const pass = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    if (except(request)) return;
    // `close` follows.
    socket.on("error", () => undefined);
    if (findForeign(request, names) !== undefined) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    socket.setTimeout(idleMs);
    void passOn(request, socket, head); // never rejects
  };
  const passOn = async (request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> => {
    const upstreamPort = await port().catch(() => undefined);
    if (upstreamPort === undefined) return void socket.destroy();
    const upstream: Socket = connect(upstreamPort, "127.0.0.1");
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    }
    upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
    upstream.write(head);
    join(socket, upstream);
    join(upstream, socket);
  };
  server.on("upgrade", pass);
  return {
    [Symbol.dispose]() {
      server.off("upgrade", pass);
      for (const socket of sockets) socket.destroy();
    },
  };
}

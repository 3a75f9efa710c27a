/** Lets two servers share a port: WebSockets go on to the other one, bytes as they are. */
import type { IncomingMessage, Server } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Passes every WebSocket that reaches the server on to a port of 127.0.0.1; dispose ends them all. */
export function passWebSockets(server: Server, port: number): Disposable {
  const sockets = new Set<Duplex>();
  const join = (socket: Duplex, other: Duplex): void => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
    // `close` follows, which ends both.
    socket.on("error", () => undefined);
    socket.pipe(other);
  };
  const pass = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const upstream: Socket = connect(port, "127.0.0.1");
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

/** Bounds the sockets that are no libp2p connections yet: libp2p would wait for their first byte for ever. */
import { isIPv6, Server } from "node:net";
import type { Socket } from "node:net";
import { multiaddr } from "@multiformats/multiaddr";
import { HERE, toComputer } from "./computer.ts";

export interface SocketLimits {
  readonly connections: number;
  readonly connectionsOfComputer: number;
  /** How long a socket may be silent; libp2p pings live connections every ten seconds. */
  readonly idleMs: number;
}

/** @param listeners listeners of libp2p's transports; those with a Node server are bounded */
export function boundSockets(listeners: readonly unknown[], limits: SocketLimits): void {
  const counts = new Map<string, number>();
  const take = (socket: Socket): void => {
    const computer = toComputerOf(socket);
    const count = (counts.get(computer) ?? 0) + 1;
    if (computer !== HERE && count > limits.connectionsOfComputer) return void socket.destroy();
    counts.set(computer, count);
    socket.setTimeout(limits.idleMs);
    socket.on("timeout", () => socket.destroy());
    socket.once("close", () => {
      const left = (counts.get(computer) ?? 1) - 1;
      if (left === 0) counts.delete(computer);
      else counts.set(computer, left);
    });
  };
  for (const server of listeners.flatMap(findServer)) {
    server.maxConnections = limits.connections;
    server.on("connection", take);
  }
}

function findServer(listener: unknown): readonly Server[] {
  // A private field of libp2p; a test fails if it moves.
  const { server } = listener as { readonly server?: unknown };
  return server instanceof Server ? [server] : [];
}

function toComputerOf({ remoteAddress = "0.0.0.0" }: Socket): string {
  const [bare = ""] = remoteAddress.split("%");
  return toComputer(multiaddr(`/${isIPv6(bare) ? "ip6" : "ip4"}/${bare}`));
}

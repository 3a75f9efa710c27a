/** Bounds on sockets that have not become connections yet: libp2p waits for their first byte as long as it takes. */
import { isIPv6, Server } from "node:net";
import type { Socket } from "node:net";
import { multiaddr } from "@multiformats/multiaddr";
import { HERE, toComputer } from "./computer.ts";

export interface SocketLimits {
  readonly connections: number;
  readonly connectionsOfComputer: number;
  /** How long a socket may carry nothing; what lives is asked by libp2p each ten seconds. */
  readonly idleMs: number;
}

/** @param listeners of libp2p's transports, of which those with a server of Node are bounded */
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
  // It is private there; a test notices when it is elsewhere.
  const { server } = listener as { readonly server?: unknown };
  return server instanceof Server ? [server] : [];
}

function toComputerOf({ remoteAddress = "0.0.0.0" }: Socket): string {
  const [bare = ""] = remoteAddress.split("%");
  return toComputer(multiaddr(`/${isIPv6(bare) ? "ip6" : "ip4"}/${bare}`));
}

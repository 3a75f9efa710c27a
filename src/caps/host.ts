/** The node as a capability. @see capnp/peer.capnp Host */
import type { HostServer } from "#capnp";
import { serveExecutor } from "./executor.ts";
import type { Node, Spawner } from "./powers.ts";

export function serveHost(node: Node, spawner: Spawner): HostServer {
  return {
    id: async () => ({ peerId: await node.id() }),
    addrs: async () => ({ addrs: await node.addrs() }),
    peers: async () => ({ peers: await node.peers() }),
    connect: (peerId, addrs, { signal }) => node.connect(peerId, addrs, { signal }),
    executor: () => ({ executor: serveExecutor(spawner) }),
  };
}

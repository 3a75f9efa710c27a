/** The node as a capability. @see capnp/peer.capnp Host */
import type { HostServer } from "#schema";
import { serveExecutor } from "./executor.ts";
import { requirePeerId } from "./peer-id.ts";
import type { Node, Spawner } from "./powers.ts";
import { createRefusal } from "./refusal.ts";

export function serveHost(node: Node, spawner: Spawner): HostServer {
  return {
    id: async () => ({ peerId: await node.id() }),
    addrs: async () => ({ addrs: await node.addrs() }),
    peers: async () => ({ peers: await node.peers() }),
    connect: (peerId, addrs, { signal }) => node.connect(peerId, addrs, { signal }),
    executor: () => ({ executor: serveExecutor(spawner) }),
  };
}

/** What a child gets of it: nobody has granted it to dial, for an address alone tells others what the child knows. */
export function serveChildHost(node: Node, spawner: Spawner): HostServer {
  return {
    ...serveHost(node, spawner),
    connect(peerId) {
      requirePeerId(peerId);
      throw createRefusal("denied");
    },
  };
}

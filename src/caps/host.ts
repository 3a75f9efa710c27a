/** The node as a capability. @see capnp/first/peer.capnp Host */
import { Exception } from "#base";
import type { Host, HostServer } from "#schema";
import type { Entry } from "./account.ts";
import { serveExecutor } from "./executor.ts";
import { requirePeerId } from "./peer-id.ts";
import type { Node, Spawner } from "./powers.ts";
import { createRefusal } from "./refusal.ts";

/** @param from the entry that processes are granted through */
export function serveHost(node: Node, spawner: Spawner, from: Entry): HostServer {
  return {
    ...serveNode(node),
    executor: () => ({ executor: serveExecutor(spawner, from) }),
  };
}

/** The Host that a child gets: it may not dial without a grant, since a dialled address can carry data out. */
export function serveChildHost(node: Node, spawner: Spawner, from: Entry): HostServer {
  return {
    ...serveHost(node, spawner, from),
    connect(peerId) {
      requirePeerId(peerId);
      throw createRefusal("denied");
    },
  };
}

/** The node alone, as a page lends it to its kernel, which starts processes itself. */
export function serveNode(node: Node): HostServer {
  return {
    id: async () => ({ peerId: await node.id() }),
    addrs: async () => ({ addrs: await node.addrs() }),
    peers: async () => ({ peers: await node.peers() }),
    connect: (peerId, addrs, { signal }) => node.connect(peerId, addrs, { signal }),
    executor() {
      throw new Exception("unimplemented", "This node starts no processes");
    },
  };
}

/** The node behind a capability. Takes ownership of the client. */
export function openNode(host: Host): Node {
  return {
    id: async () => (await host.id()).peerId.slice(),
    addrs: async () => (await host.addrs()).addrs.map((addr) => addr.slice()),
    async peers() {
      const { peers } = await host.peers();
      return peers.map(({ peerId, addrs }) => ({
        peerId: peerId.slice(),
        addrs: addrs.map((addr) => addr.slice()),
      }));
    },
    async connect(peerId, addrs, options) {
      await host.connect(peerId, addrs, options);
    },
  };
}

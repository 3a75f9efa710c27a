/** Starts services of libp2p on a running node, so that the node's start does not wait for them. */
import { start } from "@libp2p/interface";
import type { Topology } from "@libp2p/interface";
import type { LateComponents } from "./create-libp2p.ts";

/**
 * Creates and starts a service, and tells it of the peers that are already connected, which libp2p does not.
 *
 * The caller stops it before the node.
 */
export async function startLate<T>(
  components: LateComponents,
  create: (components: LateComponents) => T,
): Promise<T> {
  const topologies: [protocol: string, topology: Topology][] = [];
  const { registrar, connectionManager, peerStore } = components;
  const listening = {
    async register(...[protocol, topology]: Parameters<LateComponents["registrar"]["register"]>) {
      topologies.push([protocol, topology]);
      return registrar.register(protocol, topology);
    },
  };
  const service = create(
    Object.create(components, {
      registrar: { value: Object.assign(Object.create(registrar), listening) },
    }) as LateComponents,
  );
  await start(service);
  for (const connection of connectionManager.getConnections()) {
    const peer = await peerStore.get(connection.remotePeer).catch(() => undefined);
    for (const [protocol, topology] of topologies) {
      if (peer?.protocols.includes(protocol) !== true || connection.limits !== undefined) continue;
      await topology.onConnect?.(connection.remotePeer, connection);
    }
  }
  return service;
}

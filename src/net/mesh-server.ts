/** Services that a relay adds to libp2p, by which the tabs behind it find each other, content and names. */
import type { GossipSub, GossipSubComponents } from "@libp2p/gossipsub";
import type { KadDHT, KadDHTComponents } from "@libp2p/kad-dht";
import { createDht } from "./create-dht.ts";
import { MESH_DHT } from "./dht-protocols.ts";
import { LimitedDatastore } from "./limited-datastore.ts";
import { createGossip, TABS_TOPIC } from "./tabs-topic.ts";

export interface MeshServer {
  /** Keeps the provider and name records of tabs in memory. */
  readonly dht: (components: KadDHTComponents) => KadDHT;
  /** Forwards the announcements of tabs. */
  readonly gossip: (components: GossipSubComponents) => GossipSub;
}

/** Services for the libp2p of one node; they need `identify` and `ping`. */
export function createMeshServer(): MeshServer {
  return {
    dht: (components) =>
      createDht(MESH_DHT, { isServer: true })(
        Object.create(components, {
          datastore: { value: new LimitedDatastore() },
        }) as KadDHTComponents,
      ),
    gossip(components) {
      const gossip = createGossip(components);
      return Object.assign(gossip, { afterStart: () => gossip.subscribe(TABS_TOPIC) });
    },
  };
}

/** A real relay for tests, on a port of 127.0.0.1. */
import { circuitRelayServer } from "@libp2p/circuit-relay-v2";
import { identify } from "@libp2p/identify";
import type { GossipSub } from "@libp2p/gossipsub";
import type { Libp2p } from "@libp2p/interface";
import type { KadDHT } from "@libp2p/kad-dht";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";
import type { CID } from "multiformats/cid";
import { createDht } from "./create-dht.ts";
import { LAN_DHT, MESH_DHT } from "./dht-protocols.ts";
import type { DhtProtocol } from "./dht-protocols.ts";
import { toNameTopic } from "./gossip.ts";
import { createMeshServer } from "./mesh-server.ts";

export interface TestRelay extends AsyncDisposable {
  readonly address: string;
  readonly libp2p: Libp2p;
  readonly gossip: GossipSub;
  /** The peers that are subscribed to a name's topic. */
  subscribers(name: CID): string[];
  /** Announces that a name has changed. */
  tell(name: CID): void;
}

interface RelayOptions {
  /** Whether it has a hash table and gossip. */
  readonly isMesh?: boolean;
  readonly protocols?: readonly DhtProtocol[];
}

export async function startRelay(options: RelayOptions = {}): Promise<TestRelay> {
  const { isMesh = true, protocols = [MESH_DHT] } = options;
  const server = createMeshServer();
  const libp2p = await createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0/ws"] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({ reservations: { applyDefaultLimit: false } }),
      ...(isMesh && protocols.includes(MESH_DHT) && server),
      ...(protocols.includes(LAN_DHT) && { lan: createDht(LAN_DHT, { isServer: true }) }),
    } as {
      identify: ReturnType<typeof identify>;
      ping: ReturnType<typeof ping>;
      dht: (components: Parameters<typeof server.dht>[0]) => KadDHT;
      gossip: typeof server.gossip;
    },
  });
  const gossip = libp2p.services.gossip;
  return {
    address: String(libp2p.getMultiaddrs()[0]),
    libp2p,
    gossip,
    subscribers: (name) => gossip.getSubscribers(toNameTopic(name)).map(String),
    tell: (name) => void gossip.publish(toNameTopic(name), new Uint8Array(0)),
    [Symbol.asyncDispose]: async () => libp2p.stop(),
  };
}

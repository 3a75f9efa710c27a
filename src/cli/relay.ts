/** A circuit relay on WebSockets, so that tabs can reach each other. */
import { circuitRelayServer } from "@libp2p/circuit-relay-v2";
import { identify } from "@libp2p/identify";
import type { PrivateKey } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";
import type { CID } from "multiformats/cid";
import { loadMeshServer, toNameTopic } from "#net";
import { findForeign } from "./foreign.ts";

export interface Relay extends AsyncDisposable {
  /** The port on 127.0.0.1 that it listens on. */
  readonly port: number;
  /** The address to give to others, with the peer id. */
  readonly address: string;
  /** Says to the tabs that follow a name that it has changed. */
  tellName(key: CID): void;
}

/**
 * A relay on a free port of 127.0.0.1, with a fresh identity unless one is given; `publicPort` is where others reach it, by
 * way of a server that passes WebSockets on.
 *
 * Without the limits that relays of strangers have: relayed connections may last and carry as much as they like.
 */
export async function startRelay(publicPort: number, privateKey?: PrivateKey): Promise<Relay> {
  const publicAddress = `/ip4/127.0.0.1/tcp/${publicPort}/ws`;
  const node = await createLibp2p({
    ...(privateKey && { privateKey }),
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0/ws"], announce: [publicAddress] },
    // The same rule as at the public port: any page can find this one, too.
    transports: [
      webSockets({
        http: { shouldUpgradeCallback: (request) => findForeign(request) === undefined },
      }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // It is dialled, and dials nobody, whatever the hash table says.
    connectionGater: { denyDialMultiaddr: () => true },
    // All tabs come from one address.
    connectionManager: { inboundConnectionThreshold: 1000, maxConnections: 1000 },
    services: {
      identify: identify(),
      ping: ping(),
      listening,
      ...(await loadMeshServer()),
      relay: circuitRelayServer({
        reservations: { applyDefaultLimit: false, maxReservations: 1000 },
      }),
    },
  });
  const [address] = node.services.listening.addresses();
  const port = Number(/\/tcp\/(\d+)/.exec(address ?? "")?.[1]);
  return {
    port,
    // A hint: whoever misses it asks later.
    tellName: (key) =>
      void node.services.gossip.publish(toNameTopic(key), new Uint8Array(0)).catch(() => undefined),
    address: `${publicAddress}/p2p/${node.peerId.toString()}`,
    async [Symbol.asyncDispose]() {
      await node.stop();
    },
  };
}

/** What the node listens on, of which it tells others only `announce`. */
function listening({
  transportManager,
}: {
  readonly transportManager: { getAddrs(): readonly { toString(): string }[] };
}): { addresses(): string[] } {
  return { addresses: () => transportManager.getAddrs().map((address) => address.toString()) };
}

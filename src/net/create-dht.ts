/** Distributed hash tables: that of our own relays and tabs, and those of IPFS if the configuration names them. */
import {
  kadDHT,
  passthroughMapper,
  removePrivateAddressesMapper,
  removePublicAddressesMapper,
} from "@libp2p/kad-dht";
import type { KadDHT, KadDHTComponents, PeerInfoMapper } from "@libp2p/kad-dht";
import { ipnsSelector } from "ipns/selector";
import { ipnsValidator } from "ipns/validator";
import { takeAnyHash } from "./any-hash-keys.ts";
import { LAN_DHT, MESH_DHT } from "./dht-protocols.ts";
import type { DhtProtocol } from "./dht-protocols.ts";

const MAPPERS: Readonly<Record<DhtProtocol, PeerInfoMapper>> = {
  [MESH_DHT]: passthroughMapper,
  [LAN_DHT]: removePublicAddressesMapper,
  "/ipfs/kad/1.0.0": removePrivateAddressesMapper,
};
/** Delay of a table's first query for its own peer id, which all other queries wait for. */
const FIRST_QUERY_MS = 1;

/** A service of libp2p. @param isServer whether it answers other nodes, and stores their records */
export function createDht(
  protocol: DhtProtocol,
  { isServer }: { readonly isServer: boolean },
): (components: KadDHTComponents) => KadDHT {
  const name = protocol.replaceAll(/[^a-z]+/g, "-").replaceAll(/^-|-$/g, "");
  const create = kadDHT({
    protocol,
    clientMode: !isServer,
    peerInfoMapper: MAPPERS[protocol],
    // Only records of names, and public keys, are accepted.
    validators: { ipns: ipnsValidator },
    selectors: { ipns: ipnsSelector },
    initialQuerySelfInterval: FIRST_QUERY_MS,
    logPrefix: `libp2p:dht-${name}`,
    datastorePrefix: `/dht-${name}`,
    metricsPrefix: `libp2p_dht_${name.replaceAll("-", "_")}`,
  });
  return (components) => takeAnyHash(create(components));
}

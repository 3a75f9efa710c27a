/** Distributed hash tables: of our own relays and tabs, and those of IPFS where the configuration names them. */
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
/** Of the first look around, before which nothing else is asked: at once. */
const FIRST_QUERY_MS = 1;

/** A service of libp2p. @param isServer whether it answers others, and keeps what they put */
export function createDht(
  protocol: DhtProtocol,
  { isServer }: { readonly isServer: boolean },
): (components: KadDHTComponents) => KadDHT {
  const name = protocol.replaceAll(/[^a-z]+/g, "-").replaceAll(/^-|-$/g, "");
  const create = kadDHT({
    protocol,
    clientMode: !isServer,
    peerInfoMapper: MAPPERS[protocol],
    // Records of names; others than these, and public keys, are refused.
    validators: { ipns: ipnsValidator },
    selectors: { ipns: ipnsSelector },
    initialQuerySelfInterval: FIRST_QUERY_MS,
    logPrefix: `libp2p:dht-${name}`,
    datastorePrefix: `/dht-${name}`,
    metricsPrefix: `libp2p_dht_${name.replaceAll("-", "_")}`,
  });
  return (components) => takeAnyHash(create(components));
}

/** The hash tables that nodes can belong to. */
import { CID } from "multiformats/cid";

/** The table of our own relays and tabs; the default. */
export const MESH_DHT = "/ww/kad/1.0.0";
/** The table of the IPFS nodes in the local network, and of native nodes. */
export const LAN_DHT = "/ipfs/lan/kad/1.0.0";
/** The table of the public IPFS nodes. */
const PUBLIC_DHT = "/ipfs/kad/1.0.0";

export type DhtProtocol = typeof MESH_DHT | typeof LAN_DHT | typeof PUBLIC_DHT;

export const DHT_PROTOCOLS: readonly DhtProtocol[] = [MESH_DHT, LAN_DHT, PUBLIC_DHT];

/** The key that nodes provide on `LAN_DHT` to find each other: a raw CID, the BLAKE3 hash of the text `wetware`. */
export const DISCOVERY_KEY: CID = CID.parse(
  "bafkr4id4izs4xqbbbmlhwbc7gu5bl3ogbclvqyepzdqfxgjpyoovqmqtnm",
);

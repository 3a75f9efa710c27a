/** The libp2p parts of all nodes of `ww`, whether they serve or only dial. */
import { CONNECTION_MONITOR, loadPeerParts, refusingDns } from "#net";
import type { PeerParts } from "#net";
import type { TopologyFilter } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import type { Libp2pOptions } from "libp2p";

/**
 * Makes libp2p's search for relays skip all peers. It would take the first peers that appear, and in a mesh with routing walk
 * through all peers for as long as it finds too few relays.
 */
export const NO_PEERS: TopologyFilter = {
  has: () => true,
  add: () => undefined,
  remove: () => undefined,
};

const loaded: PeerParts = await loadPeerParts();
export const boundedYamux: PeerParts["boundedYamux"] = loaded.boundedYamux;
export const tolerantIdentify: PeerParts["tolerantIdentify"] = loaded.tolerantIdentify;

type Parts = Pick<
  Libp2pOptions,
  "connectionEncrypters" | "streamMuxers" | "connectionMonitor" | "dns" | "nodeInfo"
>;

export function toParts(): Parts {
  return {
    connectionEncrypters: [noise()],
    streamMuxers: [boundedYamux()],
    // The system resolves names in addresses; libp2p's own resolvers are only for `/dnsaddr`.
    connectionMonitor: CONNECTION_MONITOR,
    dns: refusingDns,
    nodeInfo: { name: "ww", userAgent: "ww" },
  };
}

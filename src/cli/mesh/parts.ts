/** What all libp2p nodes of `ww` are made of, whether they serve or only dial. */
import { refusingDns } from "#net";
import { noise } from "@libp2p/noise";
import { yamux } from "@libp2p/yamux";
import type { Libp2pOptions } from "libp2p";

type Parts = Pick<Libp2pOptions, "connectionEncrypters" | "streamMuxers" | "dns" | "nodeInfo">;

export function toParts(): Parts {
  return {
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // Names in addresses are the system's to resolve; libp2p's own resolvers are for `/dnsaddr`.
    dns: refusingDns,
    nodeInfo: { name: "ww", userAgent: "ww" },
  };
}

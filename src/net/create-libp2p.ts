/** Assembles libp2p for a tab: WebSockets to relays, circuits through them, WebRTC if wanted; loaded on demand. */
import type { GossipSubComponents } from "@libp2p/gossipsub";
import type { Libp2p, PeerId, PrivateKey } from "@libp2p/interface";
import type { KadDHTComponents } from "@libp2p/kad-dht";
import type { Datastore } from "interface-datastore";
import type { DialRules } from "./dial-rules.ts";
import { refusingDns } from "./dns.ts";
import { tolerateEarlyClose } from "./early-close.ts";
import type { IceServer } from "./ice-server.ts";
import type { Listening } from "./keep-relay.ts";
import { CONNECTION_MONITOR } from "./liveness.ts";
import { countPeerConnections } from "./peer-connections.ts";
import type { ConnectionScope, PeerConnections } from "./peer-connections.ts";

export interface WebRtcOptions {
  /** STUN and TURN servers. No public one is contacted unless it is named here. */
  readonly iceServers: readonly IceServer[];
  /** The global object: its peer connections are counted from now on, and reliably closed. Without it, they are not. */
  readonly scope?: ConnectionScope;
}

export interface Libp2pOptions {
  readonly datastore: Datastore;
  readonly privateKey: PrivateKey;
  /** No other address is dialled. */
  readonly rules: DialRules;
  /** Whether the node has no room for another peer; by default it always has. */
  readonly isFull?: (peerId: PeerId) => boolean;
  readonly webrtc?: WebRtcOptions | undefined;
}

/** The components that services need which are started later. @see startLate */
export type LateComponents = KadDHTComponents & GossipSubComponents;

export interface CreatedLibp2p {
  /** Started; the caller stops it. */
  readonly libp2p: Libp2p;
  readonly listening: Listening;
  readonly components: LateComponents;
  /** The direct connections to peers, by WebRTC; `undefined` if they are not counted. */
  readonly direct: PeerConnections | undefined;
}

/** How many relays can be asked for a reservation at a time. */
const LIMIT_RELAYS = 64;
const LIMIT_PINGS = 8;

export async function createTabLibp2p(options: Libp2pOptions): Promise<CreatedLibp2p> {
  const { datastore, privateKey, rules, isFull = () => false, webrtc } = options;
  // Before the import, by which libp2p takes the constructor.
  const direct = webrtc?.scope && countPeerConnections(webrtc.scope);
  const [{ createLibp2p }, circuit, { noise }, { ping }, { webSockets }, parts] = await Promise.all(
    [
      import("libp2p"),
      import("@libp2p/circuit-relay-v2"),
      import("@libp2p/noise"),
      import("@libp2p/ping"),
      import("@libp2p/websockets"),
      import("./peer-parts.ts"),
    ],
  );
  const transport = webrtc && (await import("@libp2p/webrtc"));
  if (transport !== undefined) tolerateEarlyClose(RTCPeerConnection.prototype);
  const iceServers = (webrtc?.iceServers ?? []).map((server) => ({
    ...server,
    urls: [...server.urls],
  }));
  const libp2p = await createLibp2p({
    privateKey,
    datastore,
    // Reached through a relay, which is no longer needed once the peers are connected.
    ...(transport && { addresses: { listen: ["/webrtc"] } }),
    transports: [
      webSockets(),
      // A completed reservation drops the queued ones, so none may be queued.
      circuit.circuitRelayTransport({ reservationConcurrency: LIMIT_RELAYS }),
      ...(transport ? [transport.webRTC({ rtcConfiguration: { iceServers } })] : []),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [parts.boundedYamux()],
    // The browser's default refuses loopback addresses and insecure WebSockets, and thus the local node.
    connectionGater: {
      denyDialMultiaddr: (address) => !rules.permits(address),
      denyInboundUpgradedConnection: isFull,
      denyOutboundUpgradedConnection: isFull,
    },
    connectionMonitor: CONNECTION_MONITOR,
    dns: refusingDns,
    services: {
      identify: parts.tolerantIdentify(),
      // Each hash table pings a peer before adding it, and leaves out a peer that it cannot ping.
      ping: ping({ maxOutboundStreams: LIMIT_PINGS }),
      parts: (components: LateComponents & { readonly transportManager: Listening }) => ({
        components,
        listening: {
          listen: (addresses: Parameters<Listening["listen"]>[0]) =>
            components.transportManager.listen(addresses),
        },
      }),
    },
  });
  return { libp2p, ...libp2p.services.parts, direct };
}

/** A native peer of the mesh: a relay for tabs, reachable by TCP and WebSockets at addresses that its owner chooses. */
import type { IncomingMessage } from "node:http";
import { Exception, SILENT, toMessage } from "#base";
import type { Logger } from "#base";
import { createDialRules, createPeerStreams, loadMeshServer, toNameTopic } from "#net";
import type { Listening, PeerStreams } from "#net";
import { circuitRelayServer, circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import type { CircuitRelayService } from "@libp2p/circuit-relay-v2";
import type { GossipSub } from "@libp2p/gossipsub";
import type { Identify } from "@libp2p/identify";
import type { Libp2p, PrivateKey, ServiceMap } from "@libp2p/interface";
import type { KadDHT } from "@libp2p/kad-dht";
import { ping } from "@libp2p/ping";
import type { Ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import type { Multiaddr } from "@multiformats/multiaddr";
import type { CID } from "multiformats/cid";
import { createLibp2p } from "libp2p";

import { boundSockets } from "./bound-sockets.ts";
import { createFairShare, SHARE_LIMITS } from "./fair-share.ts";
import type { FairShare, ShareLimits } from "./fair-share.ts";
import { keepPeers } from "./keep-peers.ts";
import { toMetrics } from "./metrics.ts";
import { boundedYamux, NO_PEERS, tolerantIdentify, toParts } from "./parts.ts";
import { createProviding } from "./providing.ts";
import type { Providing } from "./providing.ts";
import { probeOlder } from "./probe-older.ts";
import { reserveAtPeers } from "./reserve-at-peers.ts";

export interface NativeNodeOptions {
  /** The address of the local server, which forwards WebSockets to this node: `/ip4/127.0.0.1/tcp/9797/ws`. */
  readonly localAddress: string;
  /** The identity; by default, a new one. */
  readonly privateKey?: PrivateKey | undefined;
  /** Further addresses to listen on, of TCP and WebSockets. */
  readonly listen?: readonly string[] | undefined;
  /** Addresses that are announced to peers instead of those that the node listens on. */
  readonly announce?: readonly string[] | undefined;
  /** Other nodes, with peer ids, that the node dials and stays connected to. */
  readonly peers?: readonly string[] | undefined;
  /** For secure WebSockets, as PEM. */
  readonly tls?: TlsFiles | undefined;
  /** Whether a page of another site sends a request: refused through the local server, allowed at the owner's addresses. */
  readonly isForeign: (request: IncomingMessage) => boolean;
  readonly limits?: Partial<ShareLimits> | undefined;
  /** First delay before a lost peer is dialled again; 500 ms by default. */
  readonly redialMs?: number | undefined;
  readonly logger?: Logger | undefined;
}

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface NativeNode extends AsyncDisposable {
  /** The port on 127.0.0.1 to which the local server forwards WebSockets. */
  readonly port: number;
  /** The local server's address, with the peer id. */
  readonly address: string;
  /** The announced addresses, with the peer id. */
  addresses(): readonly string[];
  /** Streams of peers by protocol, for services besides relaying. */
  readonly streams: PeerStreams;
  /** The node's part of the hash table. */
  readonly providing: Providing;
  /** Announces to the tabs that follow a name that it has changed. */
  tellName(key: CID): void;
  /** The node's counts in the text form of Prometheus. */
  metrics(): string;
}

interface Services extends ServiceMap {
  readonly identify: Identify;
  readonly ping: Ping;
  readonly dht: KadDHT;
  readonly gossip: GossipSub;
  readonly listening: Addresses;
  readonly relay: CircuitRelayService;
}

interface Addresses extends Listening {
  /** All addresses that the node listens on. */
  addresses(): readonly string[];
  listeners(): readonly unknown[];
}

type Manager = Listening & {
  getAddrs(): readonly Multiaddr[];
  getListeners(): readonly unknown[];
};

const REDIAL_MS = 500;
/** A completed reservation drops the queued ones, so none may be queued. */
const LIMIT_RELAYS = 64;
/** Room for connections that the node opens itself, beyond which libp2p would close some. */
const SPARE_CONNECTIONS = 100;
/** The first address, on any free port, to which the local server forwards WebSockets. */
const INNER = "/ip4/127.0.0.1/tcp/0/ws";

/**
 * Starts the node, its connections to other nodes, and its reservations.
 *
 * It has no limits on relayed connections, as public relays have: these may last and carry as much as they like. Instead,
 * `createFairShare` bounds what a peer may use.
 *
 * @throws {Exception} `failed` when it cannot listen on an address.
 */
export async function startNativeNode(options: NativeNodeOptions): Promise<NativeNode> {
  const { localAddress, logger = SILENT, redialMs = REDIAL_MS } = options;
  const limits = { ...SHARE_LIMITS, ...options.limits };
  const share = createFairShare(limits, (what, peer) => {
    logger.log("warn", "mesh", "refused", { what, peer: peer?.toString() });
  });
  await using stack = new AsyncDisposableStack();
  const [libp2p, inner] = await createNode(options, limits, share);
  // Closes the connections to all peers.
  stack.defer(async () => libp2p.stop());
  const { listening, relay } = libp2p.services;
  const { reservations } = relay;
  await listenOn(listening, options.listen ?? []);
  boundSockets(listening.listeners(), limits);
  // libp2p keeps a reservation for two hours: that of a closed tab would take a place from another tab.
  libp2p.addEventListener("peer:disconnect", ({ detail: peer }) => {
    reservations.get(peer)?.signal.clear();
    reservations.delete(peer);
  });
  probeOlder(libp2p);
  logConnections(libp2p, logger);
  const peers = options.peers ?? [];
  stack.use(keepPeers(libp2p, listening, { peers, pauseMs: redialMs, logger }));
  stack.use(await reserveAtPeers(libp2p, listening, logger));
  const streams = createPeerStreams(libp2p);
  const owned = stack.move();
  return {
    port: inner,
    address: `${localAddress}/p2p/${libp2p.peerId.toString()}`,
    addresses: () => libp2p.getMultiaddrs().map(String),
    streams,
    providing: createProviding(libp2p.services.dht),
    // Only a hint: a tab that misses it resolves the name later.
    tellName: (key) =>
      void libp2p.services.gossip
        .publish(toNameTopic(key), new Uint8Array(0))
        .catch(() => undefined),
    metrics: () => toMetrics(libp2p, reservations.size, share),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Creates the node, which listens only for the local server yet. */
async function createNode(
  { localAddress, privateKey, announce = [], peers = [], tls, isForeign }: NativeNodeOptions,
  limits: ShareLimits,
  share: FairShare,
): Promise<readonly [libp2p: Libp2p<Services>, inner: number]> {
  let inner: number | undefined;
  const rules = createDialRules(() => peers);
  const shouldUpgradeCallback = (request: IncomingMessage): boolean =>
    (inner !== undefined && request.socket.localPort !== inner) || !isForeign(request);
  const libp2p = await createLibp2p<Services>({
    ...toParts(),
    streamMuxers: [boundedYamux({ maxInboundStreams: limits.streamsOfConnection })],
    ...(privateKey && { privateKey }),
    addresses: {
      listen: [INNER],
      appendAnnounce: announce.length > 0 ? [...announce] : [localAddress],
      announceFilter: (addresses) =>
        addresses.filter((address) => isAnnounced(address.toString(), inner, announce)),
    },
    transports: [
      tcp(),
      webSockets({ http: { shouldUpgradeCallback }, https: { ...tls, shouldUpgradeCallback } }),
      circuitRelayTransport({ discoveryFilter: NO_PEERS, reservationConcurrency: LIMIT_RELAYS }),
    ],
    // Any peer can put addresses into a hash table.
    connectionGater: { ...share.gater, denyDialMultiaddr: (address) => !rules.permits(address) },
    // All tabs come from one address, so libp2p's own bounds are lifted; the gater has bounds for others.
    connectionManager: {
      inboundConnectionThreshold: limits.connections,
      maxConnections: limits.connections + SPARE_CONNECTIONS,
      maxIncomingPendingConnections: limits.connections,
    },
    services: {
      identify: tolerantIdentify(),
      ping: ping(),
      listening: toListening,
      ...(await loadMeshServer()),
      relay: circuitRelayServer({
        maxInboundHopStreams: limits.relayedOfPeer,
        reservations: { applyDefaultLimit: false, maxReservations: limits.reservations },
      }),
    },
  });
  const [first = ""] = libp2p.services.listening.addresses();
  inner = Number(/\/tcp\/(\d+)/.exec(first)?.[1]);
  share.attach(libp2p, libp2p.services.relay);
  return [libp2p, inner];
}

function toListening({ transportManager }: { readonly transportManager: Manager }): Addresses {
  return {
    listen: (addresses) => transportManager.listen(addresses),
    addresses: () => transportManager.getAddrs().map(String),
    listeners: () => transportManager.getListeners(),
  };
}

/** Hides the port behind the local server; the owner's list replaces all addresses but those behind relays. */
function isAnnounced(
  address: string,
  inner: number | undefined,
  announce: readonly string[],
): boolean {
  if (address.includes("/p2p-circuit")) return true;
  if (address.startsWith(`/ip4/127.0.0.1/tcp/${inner}/`)) return false;
  return announce.length === 0 || announce.includes(address.replace(/\/p2p\/[^/]+$/, ""));
}

async function listenOn(listening: Addresses, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    try {
      await listening.listen([multiaddr(text)]);
    } catch (cause) {
      // libp2p's message begins with advice for programmers, then has a line for each address.
      const [, reason] = /^\s+\/\S+: (?:Error: )?(.+)$/m.exec(toMessage(cause)) ?? [];
      const why = reason ?? toMessage(cause);
      throw new Exception("failed", `Cannot listen on "${text}": ${why}`, { cause });
    }
  }
}

function logConnections(libp2p: Libp2p, logger: Logger): void {
  for (const event of ["connection:open", "connection:close"] as const) {
    libp2p.addEventListener(event, ({ detail: { remotePeer, remoteAddr, direction } }) => {
      const [peer, address] = [remotePeer.toString(), remoteAddr.toString()];
      logger.log("info", "mesh", event, { peer, address, direction });
    });
  }
}

/** The tab as a libp2p peer: its identity, addresses and connections. */
import { createNotice, Exception, SILENT, toMessage } from "#base";
import type { Duplex, Logger, Waiting } from "#base";
import type { Libp2p, PeerId, PrivateKey } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";
import type { Datastore } from "interface-datastore";
import {
  decodeAddress,
  decodePeerId,
  encodeAddress,
  encodePeerId,
  parsePeerAddress,
} from "./address.ts";
import type { Encoded } from "./address.ts";
import { createDialRules } from "./dial-rules.ts";
import type { DialRules } from "./dial-rules.ts";
import { refusingDns } from "./dns.ts";
import { sealEnvelope } from "./envelopes.ts";
import { openIdentity } from "./identity.ts";
import type { Listening } from "./keep-relay.ts";
import { keepRelays, parseRelay } from "./keep-relays.ts";
import { createPeerStreams } from "./peer-streams.ts";

export interface NodeOptions {
  /** Holds the identity and the peer store; the caller opens and closes it. Only one node at a time may use it. */
  readonly datastore: Datastore;
  /** Multiaddrs with peer ids; no other address is dialled unasked. */
  readonly relays: readonly string[];
  /** Reloads the relays when one is lost; by default the list stays the same. */
  readonly reloadRelays?: (() => Promise<readonly string[]>) | undefined;
  /** Delay before a lost relay is dialled again; initially 500 ms by default. */
  readonly redialMs?: number;
  /** Direct connections between browsers, by WebRTC; none unless given. */
  readonly webrtc?: WebRtcOptions | undefined;
  /** Receives log entries on relays and connections; silent by default. */
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WebRtcOptions {
  /** STUN and TURN servers. No public one is contacted unless it is named here. */
  readonly iceServers: readonly RTCIceServer[];
}

/** A connected peer with its connections' addresses. */
interface Peer {
  readonly peerId: Encoded;
  readonly addrs: readonly Encoded[];
}

export interface NetNode extends AsyncDisposable {
  readonly peerId: Encoded;
  /** Addresses at which peers can reach this node now, without its peer id; empty while it has no reservation. */
  addrs(): readonly Encoded[];
  /** The connected peers, including relays. */
  peers(): readonly Peer[];
  /** Resolves at the next change of `addrs` or `peers`. */
  changed(options?: Waiting): Promise<void>;
  /**
   * Resolves when there is a connection to the peer. Malformed addresses are skipped.
   *
   * Addresses are permitted for dialling, since they come from the node's owner, unless they are `foreign`, for
   * instance a cell's. Of foreign ones only this node's relays and peers behind them are dialled.
   *
   * @throws {Exception} `failed`: `invalid peer ID: …`, or `connect failed: …` when no address leads to the peer.
   */
  connect(
    peerId: Uint8Array,
    addrs: readonly Uint8Array[],
    options?: Waiting & { readonly foreign?: boolean },
  ): Promise<void>;
  /**
   * Connects to the peer at a multiaddr, which ends with its id and comes from this node's owner, and opens a stream.
   *
   * @throws {Exception} as `connect` and `dialStream` do, or `failed` when the address is malformed.
   */
  dialAt(address: string, protocol: string, options?: Waiting): Promise<Duplex>;
  /** The first half of `dialAt`. @returns the peer's id */
  connectAt(address: string, options?: Waiting): Promise<Uint8Array>;
  /** @see PeerStreams.dial */
  dialStream(peerId: Uint8Array, protocol: string, options?: Waiting): Promise<Duplex>;
  /** @see PeerStreams.listen */
  serveStreams(
    protocol: string,
    take: (duplex: Duplex, peerId: Uint8Array) => void,
  ): Promise<AsyncDisposable>;
  /** A signed envelope of libp2p. */
  seal(domain: string, payloadType: Uint8Array, payload: Uint8Array): Promise<Uint8Array>;
  /** Resolves once disposed. */
  readonly closed: Promise<void>;
}

const DEFAULT_REDIAL_MS = 500;

/**
 * Starts a node with the datastore's identity; loads libp2p on demand.
 *
 * It listens only through its relays, contacts only them and permitted addresses, and keeps running without relays.
 *
 * @throws {TypeError} when the address of a relay is malformed.
 */
export async function startNode(options: NodeOptions): Promise<NetNode> {
  const { datastore, redialMs = DEFAULT_REDIAL_MS, signal, logger = SILENT } = options;
  signal?.throwIfAborted();
  const { relays, reloadRelays = async () => relays } = options;
  let addresses: ReadonlySet<string> = new Set(relays.map((relay) => parseRelay(relay).toString()));
  const rules = createDialRules(() => addresses);
  const privateKey = await openIdentity(datastore);
  const [libp2p, listening] = await createNode(datastore, privateKey, rules, options.webrtc);
  const notice = createNotice();
  const tell = (): void => notice.notify();
  const events = ["connection:open", "connection:close", "self:peer:update"] as const;
  for (const event of ["connection:open", "connection:close"] as const) {
    libp2p.addEventListener(event, ({ detail: { remotePeer } }) => {
      logger.log("debug", "net", event, { peer: remotePeer.toString() });
    });
  }
  for (const event of events) libp2p.addEventListener(event, tell);

  const kept = keepRelays(libp2p, listening, {
    relays,
    reload: reloadRelays,
    pauseMs: redialMs,
    onReserved() {
      logger.log("info", "net", "a relay has reserved", { addrs: libp2p.getMultiaddrs().length });
      tell();
    },
    onChange: (changed) => {
      logger.log("info", "net", "relays have changed", { relays: changed.size });
      addresses = changed;
    },
  });
  const streams = createPeerStreams(libp2p);
  let stopping = false;
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();

  const node: NetNode = {
    peerId: encodePeerId(libp2p.peerId),
    addrs: () => libp2p.getMultiaddrs().map((address) => encodeAddress(address, libp2p.peerId)),
    async dialAt(text, protocol, waiting) {
      const peerId = await node.connectAt(text, waiting);
      return streams.dial(decodePeerId(peerId), protocol, waiting);
    },
    async connectAt(text, waiting) {
      const { peerId, addresses } = parsePeerAddress(text);
      const { bytes } = encodePeerId(peerId);
      await node.connect(
        bytes,
        addresses.map((address) => address.bytes),
        waiting,
      );
      return bytes;
    },
    dialStream: async (peerId, protocol, waiting) =>
      streams.dial(decodePeerId(peerId), protocol, waiting),
    serveStreams: (protocol, take) =>
      streams.listen(protocol, (duplex, peerId) => take(duplex, encodePeerId(peerId).bytes)),
    seal: (...args) => sealEnvelope(privateKey, ...args),
    peers() {
      return libp2p.getPeers().map((peerId) => ({
        peerId: encodePeerId(peerId),
        addrs: libp2p
          .getConnections(peerId)
          .map((connection) => encodeAddress(connection.remoteAddr, peerId)),
      }));
    },
    changed: (waiting) => notice.wait(waiting),
    async connect(bytes, addrs, { signal: stop, foreign = false } = {}) {
      stop?.throwIfAborted();
      const peerId = decodePeerId(bytes);
      if (libp2p.getConnections(peerId).length > 0) return;
      const dialable = addrs.flatMap((address) => decodeAddress(address, peerId) ?? []);
      if (!foreign) for (const address of dialable) rules.permit(address);
      try {
        await dialBest(libp2p, dialable.length > 0 ? dialable : peerId, stop);
      } catch (reason) {
        stop?.throwIfAborted();
        logger.log("info", "net", "dial has failed", { reason: toMessage(reason) });
        throw new Exception("failed", `connect failed: ${toMessage(reason)}`, { cause: reason });
      }
    },
    closed,
    async [Symbol.asyncDispose]() {
      if (!stopping) {
        stopping = true;
        await kept[Symbol.asyncDispose]();
        await libp2p.stop();
        for (const event of events) libp2p.removeEventListener(event, tell);
        close();
      }
      await closed;
    },
  };
  if (signal?.aborted === true) await node[Symbol.asyncDispose]();
  signal?.throwIfAborted();
  return node;
}

/** How long a direct connection may take before the relayed one is good enough. */
const DIRECT_MS = 10_000;

/** A relayed connection is never upgraded by itself, so a direct one is tried first. */
async function dialBest(
  libp2p: Libp2p,
  target: PeerId | Multiaddr[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (Array.isArray(target)) {
    const direct = target.filter((address) => address.toString().includes("/webrtc/"));
    if (direct.length > 0) {
      const limit = AbortSignal.timeout(DIRECT_MS);
      try {
        await libp2p.dial(direct, { signal: signal ? AbortSignal.any([signal, limit]) : limit });
        return;
      } catch (reason) {
        signal?.throwIfAborted();
        if (direct.length === target.length) throw reason;
      }
    }
  }
  await libp2p.dial(target, signal === undefined ? {} : { signal });
}

async function createNode(
  datastore: Datastore,
  privateKey: PrivateKey,
  rules: DialRules,
  webrtc: WebRtcOptions | undefined,
): Promise<[Libp2p, Listening]> {
  const [{ createLibp2p }, circuit, { identify }, { noise }, { ping }, { webSockets }, { yamux }] =
    await Promise.all([
      import("libp2p"),
      import("@libp2p/circuit-relay-v2"),
      import("@libp2p/identify"),
      import("@libp2p/noise"),
      import("@libp2p/ping"),
      import("@libp2p/websockets"),
      import("@libp2p/yamux"),
    ]);
  const direct = webrtc && (await import("@libp2p/webrtc"));
  const iceServers = webrtc === undefined ? [] : [...webrtc.iceServers];
  const libp2p = await createLibp2p({
    privateKey,
    datastore,
    // Reached by way of a relay, which is left once the peers have met.
    ...(direct && { addresses: { listen: ["/webrtc"] } }),
    transports: [
      webSockets(),
      circuit.circuitRelayTransport(),
      ...(direct ? [direct.webRTC({ rtcConfiguration: { iceServers } })] : []),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // By default browsers' gater refuses loopback and insecure WebSockets, and so the local node.
    connectionGater: { denyDialMultiaddr: (address) => !rules.permits(address) },
    dns: refusingDns,
    services: {
      identify: identify(),
      ping: ping(),
      listening: ({ transportManager }: { readonly transportManager: Listening }): Listening => ({
        listen: (addresses) => transportManager.listen(addresses),
      }),
    },
  });
  return [libp2p, libp2p.services.listening];
}

/** The tab as a libp2p peer: its identity, addresses and connections. */
import { createNotice, Exception, loadOnce, SILENT, toMessage } from "#base";
import type { Duplex, Logger, Notice, Waiting } from "#base";
import type { Connection, PeerId } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import type { Multiaddr } from "@multiformats/multiaddr";
import type { Datastore } from "interface-datastore";
import type { CID } from "multiformats/cid";
import {
  decodeAddress,
  decodePeerId,
  encodeAddress,
  encodePeerId,
  parsePeerAddress,
  parsePeerId,
} from "./address.ts";
import type { Encoded } from "./address.ts";
import { createTabLibp2p } from "./create-libp2p.ts";
import type { WebRtcOptions } from "./create-libp2p.ts";
import { DISCOVERY_KEY, LAN_DHT, MESH_DHT } from "./dht-protocols.ts";
import type { DhtProtocol } from "./dht-protocols.ts";
import { dialBest } from "./dial-best.ts";
import { createDialRules } from "./dial-rules.ts";
import { sealEnvelope } from "./envelopes.ts";
import { explainDial } from "./explain-dial.ts";
import { createGossip } from "./gossip.ts";
import { openIdentity } from "./identity.ts";
import { keepRelays, parseRelay } from "./keep-relays.ts";
import { loadBitswap } from "./load-bitswap.ts";
import { toNameKey } from "./name-record.ts";
import type { NameRecord } from "./name-record.ts";
import type { NameSink, NameSource } from "./name-server.ts";
import type { Names, PublishOptions } from "./names.ts";
import type { PeerAccess, SharedBlocks } from "./peer-blocks.ts";
import { createPeerRouting } from "./peer-routing.ts";
import { createPeerStreams } from "./peer-streams.ts";

export interface NodeOptions {
  /** Holds the identity and the peer store; the caller opens and closes it. Only one node at a time may use it. */
  readonly datastore: Datastore;
  /** Multiaddrs with peer ids; no other address is dialled unasked. */
  readonly relays: readonly string[];
  /** Reloads the relays when one is lost; by default the list stays the same. */
  readonly reloadRelays?: (() => Promise<readonly string[]>) | undefined;
  /** First delay before a lost relay is dialled again; 500 ms by default. */
  readonly redialMs?: number;
  /** Direct connections between browsers, by WebRTC; none unless given. */
  readonly webrtc?: WebRtcOptions | undefined;
  /** How many peers can be connected, besides relays; 50 by default. */
  readonly peerLimit?: number | undefined;
  /** Hash tables that the node asks; `MESH_DHT` by default. The public one is asked only if it is named here. */
  readonly tables?: readonly DhtProtocol[] | undefined;
  /** Time limit of a query to the hash tables; 10 s by default. */
  readonly questionMs?: number | undefined;
  /** Receives log entries on relays and connections; silent by default. */
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
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
  /** The number of the browser's peer connections that are not closed. */
  readonly directConnections: number;
  /** Resolves at the next change of `addrs`, `peers` or `directConnections`. */
  changed(options?: Waiting): Promise<void>;
  /**
   * Resolves when there is a connection to the peer. Malformed addresses are skipped; if none is left, the peer is looked
   * up, and dialled behind this node's relays.
   *
   * Addresses are permitted for dialling, since they come from the node's owner, unless they are `foreign`, for
   * instance a cell's. Of foreign ones only this node's relays and peers behind them are dialled.
   *
   * @throws {Exception} `failed`: `invalid peer ID: …`, or `connect failed: …` when no address leads to the peer;
   * `overloaded` when too many peers are connected.
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
  /** Tabs of this node's relays that have announced themselves lately; empty before `discover`. */
  tabs(): readonly Peer[];
  /** From now on, announces this node to the tabs of its relays, and listens to them. */
  discover(): Promise<void>;
  /** @see PeerRouting.provide */
  provide(cid: CID, options?: Waiting): Promise<void>;
  /** Up to `limit` other providers, as they are found. This node may not be permitted to dial their addresses. */
  findProviders(cid: CID, limit: number, options?: Waiting): AsyncIterable<Peer>;
  /** The addresses of a peer, without its id; empty if no table knows them. */
  findPeer(peerId: Uint8Array, options?: Waiting): Promise<readonly Encoded[]>;
  /** Records of names in the hash tables. */
  readonly names: NameSource & NameSink;
  /** The key of this node's own name. */
  readonly nameKey: CID;
  /** Makes this node's own name lead to an image. @see Names.publish */
  publish(names: Pick<Names, "publish">, cid: CID, options?: PublishOptions): Promise<NameRecord>;
  /** @see Gossip.watchName */
  watchName(key: CID, signal: AbortSignal): Promise<Pick<Notice, "wait">>;
  /** @see PeerStreams.dial; the peer is looked up in the hash tables if necessary */
  dialStream(peerId: Uint8Array, protocol: string, options?: Waiting): Promise<Duplex>;
  /** @see PeerStreams.listen */
  serveStreams(
    protocol: string,
    take: (duplex: Duplex, peerId: Uint8Array) => void,
  ): Promise<AsyncDisposable>;
  /** @see Bitswap.share */
  share(shared: SharedBlocks): Promise<AsyncDisposable>;
  /** Access to peers by addresses from this node's owner. */
  readonly peersAt: PeerAccess;
  /** Access to peers by ids from other sources: they are looked up, and dialled only at permitted addresses. */
  readonly foundPeers: PeerAccess;
  /** A libp2p envelope that is signed with this node's key. */
  seal(domain: string, payloadType: Uint8Array, payload: Uint8Array): Promise<Uint8Array>;
  /** Cuts all connections synchronously, so that peers of a closing page know at once. A node that lives on redials relays. */
  leave(): void;
  /** Resolves once disposed. */
  readonly closed: Promise<void>;
}

const DEFAULT_REDIAL_MS = 500;
const DEFAULT_PEER_LIMIT = 50;
/** Addresses of one peer that are read. */
const ADDRESS_LIMIT = 64;

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
  const { relays, reloadRelays = async () => relays, tables = [MESH_DHT] } = options;
  let addresses: ReadonlySet<string> = new Set(relays.map((relay) => parseRelay(relay).toString()));
  const rules = createDialRules(() => addresses);
  const privateKey = await openIdentity(datastore);
  const { peerLimit = DEFAULT_PEER_LIMIT } = options;
  const isRelay = (peerId: PeerId): boolean =>
    [...addresses].some((relay) => relay.endsWith(`/p2p/${peerId.toString()}`));
  const isFull = (peerId: PeerId): boolean => {
    const others = libp2p.getPeers().filter((peer) => !peer.equals(peerId) && !isRelay(peer));
    return !isRelay(peerId) && others.length >= peerLimit;
  };
  const { libp2p, listening, components, direct } = await createTabLibp2p({
    datastore,
    privateKey,
    rules,
    isFull,
    webrtc: options.webrtc,
  });
  const notice = createNotice();
  const notify = (): void => notice.notify();
  const events = ["connection:open", "connection:close", "self:peer:update"] as const;
  for (const event of ["connection:open", "connection:close"] as const) {
    libp2p.addEventListener(event, ({ detail: { remotePeer } }) => {
      logger.log("debug", "net", event, { peer: remotePeer.toString() });
    });
  }
  for (const event of events) libp2p.addEventListener(event, notify);
  const unwatch = direct?.watch(notify);

  const kept = keepRelays(libp2p, listening, {
    relays,
    reload: reloadRelays,
    pauseMs: redialMs,
    onReserved() {
      logger.log("info", "net", "a relay has reserved", { addrs: libp2p.getMultiaddrs().length });
      notify();
    },
    onChange: (changed) => {
      logger.log("info", "net", "relays have changed", { relays: changed.size });
      addresses = changed;
    },
  });
  const routing = createPeerRouting(components, {
    protocols: tables,
    expects: () => addresses.size > 0,
    limitMs: options.questionMs,
  });
  const gossip = createGossip(components, {
    permits: (address) => rules.permits(address),
    onChanged: notify,
  });
  /** Dials a peer at announced and stored addresses, then at those in the hash tables, then behind each relay, if permitted. */
  const reach = async (peerId: PeerId, { signal: stop }: Waiting): Promise<Connection> => {
    if (isFull(peerId)) throw new Exception("overloaded", `${peerLimit} peers are connected`);
    const heard = gossip.tabs().find((tab) => tab.peerId.equals(peerId))?.addresses ?? [];
    const stored = await libp2p.peerStore.get(peerId).catch(() => undefined);
    const known = (stored?.addresses ?? []).map(({ multiaddr }) => withPeer(multiaddr, peerId));
    for (const find of [
      async () => [...heard, ...known],
      async () => routing.findPeer(peerId, { signal: stop }),
      // A relay knows the peers that have a reservation, and refuses others at once.
      async () =>
        [...addresses].flatMap((relay) =>
          (options.webrtc === undefined ? [""] : ["/webrtc", ""]).map((way) =>
            multiaddr(`${relay}/p2p-circuit${way}`),
          ),
        ),
    ]) {
      const found = (await find()).map((address) => withPeer(address, peerId));
      const permitted = found.filter((address) => rules.permits(address));
      if (permitted.length === 0) continue;
      try {
        return await dialBest(libp2p, permitted, stop);
      } catch (reason) {
        stop?.throwIfAborted();
        logger.log("info", "net", "dial has failed", { reason: toMessage(reason) });
      }
    }
    throw new Exception("disconnected", "it is at no address that may be dialled");
  };
  const streams = createPeerStreams(libp2p, reach);
  const bitswap = loadOnce(() => loadBitswap(streams));
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
    share: async (shared) => (await bitswap.get()).share(shared),
    peersAt: {
      dial: (...args) => node.dialAt(...args),
      async want(address, cid, options) {
        const loaded = await bitswap.get();
        return loaded.want(await node.connectAt(address, options), cid, options);
      },
    },
    foundPeers: {
      dial: async (peerId, ...rest) => node.dialStream(parsePeerId(peerId), ...rest),
      want: async (peerId, ...rest) => (await bitswap.get()).want(parsePeerId(peerId), ...rest),
    },
    tabs: () => gossip.tabs().map(({ peerId, addresses }) => encodePeer(peerId, addresses)),
    async discover() {
      await gossip.join();
      if (tables.includes(LAN_DHT)) {
        // There may be no peer yet; the table repeats it daily.
        routing.provide(DISCOVERY_KEY).catch(() => undefined);
      }
    },
    provide: (cid, waiting) => routing.provide(cid, waiting),
    async *findProviders(cid, limit, waiting) {
      for await (const { id, multiaddrs } of routing.findProviders(cid, limit, waiting)) {
        yield encodePeer(id, multiaddrs);
      }
    },
    async findPeer(bytes, waiting) {
      const peerId = decodePeerId(bytes);
      return encodePeer(peerId, await routing.findPeer(peerId, waiting)).addrs;
    },
    names: {
      label: "the hash table",
      fetchRecord: async (key, waiting) =>
        (await routing.getRecord(key, waiting)) ?? "the hash table has no record",
      async putRecord(key, record, waiting) {
        try {
          await routing.putRecord(key, record, waiting);
        } catch (reason) {
          waiting?.signal?.throwIfAborted();
          return toMessage(reason);
        }
        gossip.tellName(key).catch(() => undefined); // only a hint
        return undefined;
      },
    },
    nameKey: toNameKey(privateKey),
    publish: (names, cid, publishing) => names.publish(privateKey, cid, publishing),
    watchName: (key, until) => gossip.watchName(key, until),
    seal: (...args) => sealEnvelope(privateKey, ...args),
    peers() {
      return libp2p.getPeers().map((peerId) => {
        const connections = libp2p.getConnections(peerId);
        return encodePeer(
          peerId,
          connections.map(({ remoteAddr }) => remoteAddr),
        );
      });
    },
    get directConnections() {
      return direct?.count ?? 0;
    },
    changed: (waiting) => notice.wait(waiting),
    async connect(bytes, addrs, { signal: stop, foreign = false } = {}) {
      stop?.throwIfAborted();
      const peerId = decodePeerId(bytes);
      if (libp2p.getConnections(peerId).length > 0) return;
      if (isFull(peerId)) {
        throw new Exception("overloaded", `connect failed: ${peerLimit} peers are connected`);
      }
      const some = addrs.slice(0, ADDRESS_LIMIT);
      const readable = some.flatMap((address) => decodeAddress(address, peerId) ?? []);
      // A cell may not dial what the owner has permitted for another purpose.
      const dialable = foreign ? readable.filter((address) => rules.isRelayed(address)) : readable;
      if (!foreign) for (const address of dialable) rules.permit(address);
      if (readable.length > 0 && dialable.length === 0) {
        throw new Exception("failed", "connect failed: no address may be dialled");
      }
      try {
        await (dialable.length > 0
          ? dialBest(libp2p, dialable, stop)
          : reach(peerId, { signal: stop }));
      } catch (reason) {
        stop?.throwIfAborted();
        logger.log("info", "net", "dial has failed", { reason: toMessage(reason) });
        throw new Exception("failed", `connect failed: ${explainDial(reason)}`, { cause: reason });
      }
    },
    leave() {
      const reason = new Exception("disconnected", "this node leaves");
      for (const connection of libp2p.getConnections()) connection.abort(reason);
    },
    closed,
    async [Symbol.asyncDispose]() {
      if (!stopping) {
        stopping = true;
        try {
          await kept[Symbol.asyncDispose]();
          await (await bitswap.peek())?.[Symbol.asyncDispose]();
          await routing[Symbol.asyncDispose]();
          await gossip[Symbol.asyncDispose]();
          await libp2p.stop();
        } finally {
          for (const event of events) libp2p.removeEventListener(event, notify);
          unwatch?.();
          close();
        }
      }
      await closed;
    },
  };
  if (signal?.aborted === true) await node[Symbol.asyncDispose]();
  signal?.throwIfAborted();
  return node;
}

/** Addresses of a peer that are reported. */
const LIMIT_ADDRESSES = 16;

function encodePeer(peerId: PeerId, addresses: readonly Multiaddr[]): Peer {
  const reported = addresses.slice(0, LIMIT_ADDRESSES);
  return {
    peerId: encodePeerId(peerId),
    addrs: reported.map((address) => encodeAddress(address, peerId)),
  };
}

/** The address with the peer's id at its end. */
function withPeer(address: Multiaddr, peerId: PeerId): Multiaddr {
  const end = `/p2p/${peerId.toString()}`;
  return address.toString().endsWith(end) ? address : address.encapsulate(end);
}

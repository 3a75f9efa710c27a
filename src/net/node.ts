/** This tab as a libp2p peer: who it is, where it can be reached, and whom it is connected to. */
import { createNotice, Exception, SILENT, toMessage } from "#base";
import type { Logger, Waiting } from "#base";
import type { Libp2p } from "@libp2p/interface";
import type { Datastore } from "interface-datastore";
import { decodeAddress, decodePeerId, encodeAddress, encodePeerId } from "./address.ts";
import type { Encoded } from "./address.ts";
import { createDialRules } from "./dial-rules.ts";
import type { DialRules } from "./dial-rules.ts";
import { refusingDns } from "./dns.ts";
import { openIdentity } from "./identity.ts";
import type { Listening } from "./keep-relay.ts";
import { keepRelays, parseRelay } from "./keep-relays.ts";

export interface NodeOptions {
  /** Keeps the identity and what is known of peers; the caller opens and closes it. One node at a time may use it. */
  readonly datastore: Datastore;
  /** Multiaddresses with peer ids; others are never dialled unasked. */
  readonly relays: readonly string[];
  /** Gives the relays as they are by then, when one is not there any more; the same ones unless told. */
  readonly reloadRelays?: (() => Promise<readonly string[]>) | undefined;
  /** How long to wait before a lost relay is dialled again the first time; 500 ms unless told. */
  readonly redialMs?: number;
  /** Told of relays and connections; nobody is unless told. */
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A connected peer, with the addresses it is connected by. */
interface Peer {
  readonly peerId: Encoded;
  readonly addrs: readonly Encoded[];
}

export interface NetNode extends AsyncDisposable {
  readonly peerId: Encoded;
  /** Where others can reach this node now, without its peer id at the end; empty while no relay has a reservation for it. */
  addrs(): readonly Encoded[];
  /** The peers connected now, relays included. */
  peers(): readonly Peer[];
  /** Resolves at the next change of `addrs` or `peers`. */
  changed(options?: Waiting): Promise<void>;
  /**
   * Resolves when there is a connection to the peer. Addresses that cannot be read are skipped.
   *
   * The addresses are taken from the owner of this node, and permitted, unless they are `foreign`: a cell's, say. Of those,
   * only relays of this node, and peers behind them, are dialled.
   *
   * @throws {Exception} `failed`: `invalid peer ID: …`, or `connect failed: …` when no address leads to the peer.
   */
  connect(
    peerId: Uint8Array,
    addrs: readonly Uint8Array[],
    options?: Waiting & { readonly foreign?: boolean },
  ): Promise<void>;
  /** Resolves once disposed. */
  readonly closed: Promise<void>;
}

const DEFAULT_REDIAL_MS = 500;

/**
 * A running node with the identity kept in the datastore; libp2p is loaded here, not before.
 *
 * It listens through its relays only, contacts nobody but them and whom it is told to, and goes on when they are gone.
 *
 * @throws {TypeError} when the address of a relay cannot be read.
 */
export async function startNode(options: NodeOptions): Promise<NetNode> {
  const { datastore, redialMs = DEFAULT_REDIAL_MS, signal, logger = SILENT } = options;
  signal?.throwIfAborted();
  const { relays, reloadRelays = async () => relays } = options;
  let addresses: ReadonlySet<string> = new Set(relays.map((relay) => parseRelay(relay).toString()));
  const rules = createDialRules(() => addresses);
  const [libp2p, listening] = await createNode(datastore, rules);
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
  let stopping = false;
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();

  const node: NetNode = {
    peerId: encodePeerId(libp2p.peerId),
    addrs: () => libp2p.getMultiaddrs().map((address) => encodeAddress(address, libp2p.peerId)),
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
        await libp2p.dial(
          dialable.length > 0 ? dialable : peerId,
          stop === undefined ? {} : { signal: stop },
        );
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

async function createNode(datastore: Datastore, rules: DialRules): Promise<[Libp2p, Listening]> {
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
  const libp2p = await createLibp2p({
    privateKey: await openIdentity(datastore),
    datastore,
    transports: [webSockets(), circuit.circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // Without this, browsers refuse loopback and WebSockets without TLS, and so the local node.
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

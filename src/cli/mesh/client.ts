/**
 * A native node that only dials, by which programs in Node reach nodes and tabs.
 *
 *     await using client = await startClient();
 *     const peer = await client.connect(["/dns4/node.example/tcp/443/tls/ws/p2p/12D3Koo…"], { signal });
 *     using connection = await client.openVat(peer.id, "echo", { signal });
 *     using echo = connection.bootstrap(Executor);
 */
import { Exception, toMessage } from "#base";
import type { Duplex, Waiting } from "#base";
import { createPeerStreams } from "#net";
import { connect, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import { circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import type { Connection as PeerConnection, PeerId, PrivateKey } from "@libp2p/interface";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { NO_PEERS, tolerantIdentify, toParts } from "./parts.ts";

/** A connected peer, as it describes itself. */
export interface Peer {
  readonly id: PeerId;
  /** The address by which it was reached. */
  readonly address: string;
  readonly agent: string;
  /** All protocols that it serves. */
  readonly protocols: readonly string[];
}

export interface Client extends AsyncDisposable {
  readonly peerId: PeerId;
  /**
   * Connects by the first address that leads to a peer, and asks the peer to identify itself.
   *
   * @throws {Exception} `disconnected` when no address does, or the peer does not answer.
   */
  connect(addresses: readonly string[], options?: Waiting): Promise<Peer>;
  /**
   * A connection to a vat whose bootstrap capability is the service of that name; the caller disposes it.
   *
   * @throws {Exception} `unimplemented` when the peer serves nothing under that name, `disconnected` when it is gone.
   */
  openVat(peer: PeerId, name: string, options?: Waiting): Promise<Connection>;
  /** A byte stream to the peer's service of that name. @throws {Exception} as `openVat` does. */
  openStream(peer: PeerId, name: string, options?: Waiting): Promise<Duplex>;
}

const VAT = "/ww/0.1.0/vat/";
const STREAM = "/ww/0.1.0/stream/";

/** Starts a node that listens nowhere, and dials only what its caller names. @param privateKey a new one by default */
export async function startClient(privateKey?: PrivateKey): Promise<Client> {
  const libp2p = await createLibp2p({
    ...toParts(),
    ...(privateKey && { privateKey }),
    transports: [tcp(), webSockets(), circuitRelayTransport({ discoveryFilter: NO_PEERS })],
    services: { identify: tolerantIdentify({ runOnConnectionOpen: false }), ping: ping() },
  });
  const streams = createPeerStreams(libp2p);
  const reach = async (addresses: readonly string[], options: Waiting): Promise<PeerConnection> => {
    const reasons: string[] = [];
    for (const address of addresses) {
      try {
        return await libp2p.dial(multiaddr(address), toSignal(options));
      } catch (cause) {
        options.signal?.throwIfAborted();
        reasons.push(`"${address}": ${explain(cause)}`);
      }
    }
    throw new Exception("disconnected", `Cannot connect to ${reasons.join(", nor to ")}`);
  };
  return {
    peerId: libp2p.peerId,
    async connect(addresses, options = {}) {
      options.signal?.throwIfAborted();
      const connection = await reach(addresses, options);
      try {
        const { identify: service } = libp2p.services;
        const { agentVersion, protocols } = await service.identify(connection, {
          runOnLimitedConnection: true,
          ...toSignal(options),
        });
        return {
          id: connection.remotePeer,
          address: connection.remoteAddr.toString(),
          agent: agentVersion ?? "",
          protocols,
        };
      } catch (cause) {
        options.signal?.throwIfAborted();
        const why = `The peer does not identify itself: ${toMessage(cause)}`;
        throw new Exception("disconnected", why, { cause });
      }
    },
    openVat: async (peer, name, options) =>
      connect(createStreamTransport(await streams.dial(peer, VAT + name, options))),
    openStream: (peer, name, options) => streams.dial(peer, STREAM + name, options),
    async [Symbol.asyncDispose]() {
      await libp2p.stop();
    },
  };
}

function toSignal({ signal }: Waiting): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** libp2p reports all failures of a dial in one error, some of them as numbers. */
function explain(cause: unknown): string {
  const reasons = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause];
  return [...new Set(reasons.map(explainOne))].join("; ");
}

function explainOne(cause: unknown): string {
  const [line = ""] = toMessage(cause).split("\n");
  if (line.includes("NO_RESERVATION")) return "the relay does not know that peer";
  return line.trim();
}

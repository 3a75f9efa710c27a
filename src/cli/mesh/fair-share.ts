/**
 * Bounds what one peer, and one computer, may use of a node, so that a flood from one leaves service for the others.
 *
 * Peers can create any number of identities, so each bound for a peer has one for its computer as well. This computer is
 * exempt: all its tabs, and all clients behind a proxy in front of the node, come from one address.
 */
import type {
  Connection,
  ConnectionGater,
  Libp2p,
  MultiaddrConnection,
  PeerId,
} from "@libp2p/interface";
import { RELAY_V2_HOP_CODEC as HOP, RELAY_V2_STOP_CODEC as STOP } from "@libp2p/circuit-relay-v2";
import type { CircuitRelayService } from "@libp2p/circuit-relay-v2";
import type { SocketLimits } from "./bound-sockets.ts";
import { createByteCounts } from "./byte-counts.ts";
import type { ByteCounts } from "./byte-counts.ts";
import { HERE, toComputer } from "./computer.ts";

export interface ShareLimits extends SocketLimits {
  readonly connectionsOfPeer: number;
  /** New connections of one computer, each of which costs a handshake. */
  readonly connectionsPerSecond: number;
  /** Streams that a peer has opened on one connection. */
  readonly streamsOfConnection: number;
  readonly reservations: number;
  readonly reservationsOfComputer: number;
  /** Connections that the node relays, and requests for them, counted for the requesting side. */
  readonly relayedOfPeer: number;
  readonly relayedOfComputer: number;
}

/** A tab has one connection and one reservation; one that reconnects may leave some behind for a while. */
export const SHARE_LIMITS: ShareLimits = {
  connections: 1000,
  connectionsOfPeer: 16,
  connectionsOfComputer: 128,
  connectionsPerSecond: 20,
  streamsOfConnection: 256,
  reservations: 1000,
  reservationsOfComputer: 64,
  // The relay allows 300 to one target peer.
  relayedOfPeer: 64,
  relayedOfComputer: 128,
  idleMs: 120_000,
};

const SECOND_MS = 1000;

export type Refused = "connection" | "reservation" | "relayed connection";

export interface FairShare {
  readonly gater: ConnectionGater;
  readonly bytes: ByteCounts;
  /** The number of refusals of each kind. */
  readonly refused: Readonly<Record<Refused, number>>;
  /** Connections that the node relays now. */
  countRelayed(): number;
  /** Takes the node whose peers are counted. Before this, only the bounds on new inbound connections apply. */
  attach(libp2p: Libp2p, relay: CircuitRelayService): void;
}

/**
 * @param onRefused called for each refusal, with the peer if it is known
 * @param now milliseconds of a monotonic clock
 */
export function createFairShare(
  limits: ShareLimits,
  onRefused: (kind: Refused, peer?: PeerId) => void,
  now: () => number = () => performance.now(),
): FairShare {
  const refused: Record<Refused, number> = {
    connection: 0,
    reservation: 0,
    "relayed connection": 0,
  };
  const bytes = createByteCounts();
  /** Inbound connections by computer, including those whose peer is not known yet. */
  const inbound = new Map<string, number>();
  let inboundCount = 0;
  /** Connections of the last second, by computer. */
  const arrived = new Map<string, number>();
  let arrivedSince = 0;
  let attached: { readonly libp2p: Libp2p; readonly relay: CircuitRelayService } | undefined;

  const refuse = (isRefused: boolean, kind: Refused, peer?: PeerId): boolean => {
    if (!isRefused) return false;
    refused[kind]++;
    onRefused(kind, peer);
    return true;
  };
  const arrivedFrom = (computer: string): number => {
    if (now() - arrivedSince >= SECOND_MS) {
      arrived.clear();
      arrivedSince = now();
    }
    const count = (arrived.get(computer) ?? 0) + 1;
    arrived.set(computer, count);
    return count;
  };
  const enter = (connection: MultiaddrConnection): void => {
    const computer = toComputer(connection.remoteAddr);
    inboundCount++;
    inbound.set(computer, (inbound.get(computer) ?? 0) + 1);
    const leave = (): void => {
      inboundCount--;
      const left = (inbound.get(computer) ?? 1) - 1;
      if (left === 0) inbound.delete(computer);
      else inbound.set(computer, left);
    };
    if (connection.status === "closed") leave();
    else connection.addEventListener("close", leave, { once: true });
  };
  const connectionsOf = (peer?: PeerId): Connection[] =>
    attached?.libp2p.getConnections(peer) ?? [];
  const gater: ConnectionGater = {
    denyInboundConnection(connection) {
      const computer = toComputer(connection.remoteAddr);
      const isFull =
        inboundCount >= limits.connections ||
        (computer !== HERE &&
          ((inbound.get(computer) ?? 0) >= limits.connectionsOfComputer ||
            arrivedFrom(computer) > limits.connectionsPerSecond));
      if (refuse(isFull, "connection")) return true;
      enter(connection);
      bytes.count(connection);
      return false;
    },
    denyOutboundConnection(_, connection) {
      bytes.count(connection);
      return false;
    },
    denyInboundUpgradedConnection: (peer) =>
      refuse(connectionsOf(peer).length >= limits.connectionsOfPeer, "connection", peer),
    denyInboundRelayReservation(peer) {
      const reservations = attached?.relay.reservations;
      if (reservations === undefined || reservations.has(peer)) return false;
      const computers = toComputers(connectionsOf(peer));
      const ofComputer = [...reservations.values()].filter(({ addr }) =>
        computers.has(toComputer(addr)),
      );
      const isFull =
        reservations.size >= limits.reservations ||
        ofComputer.length >= limits.reservationsOfComputer;
      return refuse(isFull, "reservation", peer);
    },
    denyOutboundRelayedConnection(peer) {
      const own = connectionsOf(peer);
      const computers = toComputers(own);
      const beside = connectionsOf().filter(({ remoteAddr }) =>
        computers.has(toComputer(remoteAddr)),
      );
      // The counts include the request itself.
      const isFull =
        countRequests(own) > limits.relayedOfPeer ||
        countRequests(beside) > limits.relayedOfComputer;
      return refuse(isFull, "relayed connection", peer);
    },
  };
  return {
    gater,
    bytes,
    refused,
    countRelayed: () =>
      connectionsOf().flatMap(({ streams }) =>
        streams.filter(({ protocol, direction }) => protocol === STOP && direction === "outbound"),
      ).length,
    attach: (libp2p, relay) => void (attached = { libp2p, relay }),
  };
}

/** The number of streams that request a relayed connection, or carry one. */
function countRequests(connections: readonly Connection[]): number {
  return connections.flatMap(({ streams }) => streams.filter(({ protocol }) => protocol === HOP))
    .length;
}

/** The computers of the connections' peers, without this one. */
function toComputers(connections: readonly Connection[]): ReadonlySet<string> {
  const computers = connections.map(({ remoteAddr }) => toComputer(remoteAddr));
  return new Set(computers.filter((computer) => computer !== HERE));
}

/** Reserves at peers that are relays, so that tabs can reach a node whose own addresses they cannot dial. */
import { toMessage } from "#base";
import type { Logger } from "#base";
import type { Listening } from "#net";
import { RELAY_V2_HOP_CODEC } from "@libp2p/circuit-relay-v2";
import type { Connection, Libp2p } from "@libp2p/interface";

/** Reservations at a time, as in other native nodes of Wetware. */
const RESERVATIONS = 2;
/** Limit of attempts, since libp2p keeps a listener for each. */
const ATTEMPTS = 256;

/** Reserves at the first peers that offer to relay, and at others when those are gone, until disposed. */
export async function reserveAtPeers(
  libp2p: Libp2p,
  listening: Listening,
  logger: Logger,
): Promise<AsyncDisposable> {
  const relays = new Set<string>();
  let attempts = 0;
  const reserve = async (connection: Connection): Promise<void> => {
    const relay = connection.remotePeer.toString();
    if (relays.size >= RESERVATIONS || relays.has(relay) || attempts >= ATTEMPTS) return;
    attempts++;
    relays.add(relay);
    try {
      // Any address will do, since libp2p uses the existing connection.
      await listening.listen([connection.remoteAddr.encapsulate("/p2p-circuit")]);
    } catch (reason) {
      relays.delete(relay);
      logger.log("info", "mesh", "no reservation", { relay, reason: toMessage(reason) });
    }
  };
  const id = await libp2p.register(RELAY_V2_HOP_CODEC, {
    onConnect: (_, connection) => reserve(connection),
    onDisconnect: (peer) => void relays.delete(peer.toString()),
  });
  return {
    async [Symbol.asyncDispose]() {
      libp2p.unregister(id);
    },
  };
}

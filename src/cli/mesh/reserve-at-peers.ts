/** Reserves at peers that are relays, so that tabs reach a node that listens where they cannot dial. */
import { toMessage } from "#base";
import type { Logger } from "#base";
import type { Listening } from "#net";
import { RELAY_V2_HOP_CODEC } from "@libp2p/circuit-relay-v2";
import type { Connection, Libp2p } from "@libp2p/interface";

/** As native nodes of Wetware do. */
const RESERVATIONS = 2;
/** How often it tries: of each time, libp2p keeps a listener. */
const ATTEMPTS = 256;

/** Takes the first peers that offer to relay, and others when those are gone, until disposed. */
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
      // Any address does: the connection that is there is used.
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

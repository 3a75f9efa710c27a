/** Ends dead connections of a peer once the peer has opened another one. */
import { Exception } from "#base";
import type { Connection, Libp2p } from "@libp2p/interface";

const PING = "/ipfs/ping/1.0.0";
/** How long a peer may take to answer: a slower connection is of no use to a relay. */
const ANSWER_MS = 3_000;

/**
 * Probes all older connections of a peer each time that the peer opens one.
 *
 * A peer whose network has changed reconnects at once, while its old connection ends half a minute later. The relay uses the
 * oldest connection to reach the peer, so other peers would wait as long.
 */
export function probeOlder(libp2p: Libp2p): void {
  libp2p.addEventListener("connection:open", ({ detail: { id, remotePeer } }) => {
    for (const older of libp2p.getConnections(remotePeer)) {
      if (older.id !== id && older.status === "open") void probe(older); // never rejects
    }
  });
}

async function probe(connection: Connection): Promise<void> {
  const limit = AbortSignal.timeout(ANSWER_MS);
  try {
    const stream = await connection.newStream(PING, {
      signal: limit,
      runOnLimitedConnection: true,
    });
    void stream.close().catch(() => undefined);
  } catch {
    // A refusal is an answer too, for instance of a peer without ping.
    if (limit.aborted) connection.abort(new Exception("disconnected", "The peer does not answer"));
  }
}

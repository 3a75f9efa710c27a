/** Ends connections that a peer has left behind without a word, once it is back with another one. */
import { Exception } from "#base";
import type { Connection, Libp2p } from "@libp2p/interface";

const PING = "/ipfs/ping/1.0.0";
/** How long a peer may take to answer: a relay that is as slow is of no use. */
const ANSWER_MS = 3_000;

/**
 * Asks on all older connections of a peer whether it is still there, each time that it opens one.
 *
 * A peer whose network has changed is back at once, while its last connection ends half a minute later; the relay takes the
 * oldest for whoever wants to reach the peer, which would wait as long.
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
    // A refusal is an answer, as of a peer that knows no ping.
    if (limit.aborted) connection.abort(new Exception("disconnected", "The peer does not answer"));
  }
}

/** Keeps a node connected to the peers that its owner names, with a reservation at each relay among them. */
import type { Logger } from "#base";
import { keepRelay } from "#net";
import type { Listening } from "#net";
import type { Libp2p } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";

export interface KeepPeersOptions {
  /** Multiaddrs with peer ids. */
  readonly peers: readonly string[];
  /** Delay before the first retry. */
  readonly pauseMs: number;
  readonly logger: Logger;
}

/** Dials the peers, again whenever a connection is lost, until it is disposed. */
export function keepPeers(
  libp2p: Libp2p,
  listening: Listening,
  { peers, pauseMs, logger }: KeepPeersOptions,
): AsyncDisposable {
  const stop = new AbortController();
  const kept = peers.map((peer) =>
    keepRelay(libp2p, listening, multiaddr(peer), {
      pauseMs,
      signal: stop.signal,
      isPeer: true,
      onReserved: () => logger.log("info", "mesh", "a peer has reserved", { peer }),
      // There is no other address to ask for: the owner has given this one.
      async onMoved() {
        logger.log("warn", "mesh", "a peer cannot be reached, or is another", { peer });
      },
    }),
  );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(kept);
    },
  };
}

/** What an owner serves peers, and calls of them. */
import { createLiveLinks, createPeerVats, createRevoker } from "#caps";
import type { Clock, LiveLinks, PeerStreams, PeerVats } from "#caps";
import { connect, createBudget, createStreamTransport } from "#rpc";
import type { Scheduler } from "#rpc";

export interface OwnerPeers extends LiveLinks, Disposable {
  dial: PeerVats["dial"];
}

export interface OwnerPeerPowers {
  readonly streams: PeerStreams;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly wallMs: () => number;
}

/** Bytes that calls of all visitors may hold; beyond it calls wait. */
const PEER_BYTES = 32 * 1024 * 1024;

/** Disposing ends all links and connections. */
export function createOwnerPeers({
  streams,
  scheduler,
  clock,
  wallMs,
}: OwnerPeerPowers): OwnerPeers {
  const revoker = createRevoker("the owner's peers");
  const budget = createBudget(PEER_BYTES);
  const vats = createPeerVats(
    {
      streams,
      connectPeer: (duplex, bootstrap) =>
        connect(createStreamTransport(duplex), {
          ...(bootstrap && { bootstrap }),
          budget,
          scheduler,
        }),
    },
    revoker.lifetime,
  );
  const links = createLiveLinks({ vats, clock, wallMs });
  return {
    share: (order) => links.share(order),
    dial: (...args) => vats.dial(...args),
    [Symbol.dispose]: () => void revoker.revoke(),
  };
}

/** The services that an owner offers to peers, and calls to the peers' services. */
import { createLiveLinks, createPeerVats, createRevoker, openPeerService } from "#caps";
import type { Clock, LiveLinks, LiveShare, PeerServiceOrder, PeerStreams, PeerVats } from "#caps";
import { connect, createBudget, createStreamTransport } from "#rpc";
import type { Budget, Connection, Scheduler } from "#rpc";

export interface OwnerPeers extends LiveLinks, Disposable {
  dial: PeerVats["dial"];
  /** @see openPeerService */
  serve(order: PeerServiceOrder): Promise<LiveShare>;
}

export interface OwnerPeerPowers {
  readonly streams: PeerStreams;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly wallMs: () => number;
}

/** Bytes that calls of all visitors may hold; further calls wait. */
const PEER_BYTES = 32 * 1024 * 1024;
/** The part of it that calls of one visitor may hold, over all its connections. */
const VISITOR_BYTES = 8 * 1024 * 1024;
/** Capabilities that a visitor may hold on one connection: each can be a stream full of unread bytes. */
const VISITOR_CAPABILITIES = 256;

/** Disposing ends all links and connections. */
export function createOwnerPeers({
  streams,
  scheduler,
  clock,
  wallMs,
}: OwnerPeerPowers): OwnerPeers {
  const revoker = createRevoker("the owner's peers");
  const all = createBudget(PEER_BYTES);
  const budgetOf = createVisitorBudgets(all);
  const vats = createPeerVats(
    {
      streams,
      connectPeer(duplex, bootstrap, visitor) {
        const open = (budget: Budget): Connection =>
          connect(createStreamTransport(duplex), {
            ...(bootstrap && { bootstrap }),
            budget,
            scheduler,
            limits: { exports: VISITOR_CAPABILITIES },
          });
        return visitor === undefined ? open(all) : budgetOf(visitor, open);
      },
    },
    revoker.lifetime,
  );
  const links = createLiveLinks({ vats, clock, wallMs });
  return {
    share: (order) => links.share(order),
    serve: (order) => openPeerService({ vats, clock, wallMs }, order),
    dial: (...args) => vats.dial(...args),
    [Symbol.dispose]: () => void revoker.revoke(),
  };
}

type Open = (budget: Budget) => Connection;

/** Gives all connections of one visitor a common budget, a part of the whole, which is dropped with the last connection. */
function createVisitorBudgets(all: Budget): (visitor: Uint8Array, open: Open) => Connection {
  const visitors = new Map<string, { readonly budget: Budget; connections: number }>();
  return (peerId, open) => {
    const name = peerId.join();
    const visitor = visitors.get(name) ?? { budget: takePart(all, VISITOR_BYTES), connections: 0 };
    visitors.set(name, visitor);
    visitor.connections++;
    const leave = (): void => {
      if (--visitor.connections === 0) visitors.delete(name);
    };
    const connection = open(visitor.budget);
    void connection.closed.then(leave, leave);
    return connection;
  };
}

/** A budget that is exhausted at its own limit, or when the whole is. */
function takePart(all: Budget, limitBytes: number): Budget {
  let heldBytes = 0;
  return {
    limitBytes,
    get heldBytes() {
      return all.heldBytes >= all.limitBytes ? limitBytes : heldBytes;
    },
    hold(bytes) {
      heldBytes += bytes;
      all.hold(bytes);
    },
    onDecrease: (listener) => all.onDecrease(listener),
  };
}

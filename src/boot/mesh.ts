/** The tab's libp2p node, with an identity that no other open tab uses. */
import { createNotice, Exception, toMessage } from "#base";
import type { Logger, Notice, Waiting } from "#base";
import type { Keys, Node, PeerStreams } from "#caps";
import { openEnvelope, startNode, verifySignature } from "#net";
import type { DhtProtocol, IceServer, NetNode, SharedBlocks } from "#net";
import type { PeerStatus, PeerTransport } from "#ui";
import { createLoad } from "./load.ts";
import type { Load } from "./load.ts";
import { openNodeData } from "./storage.ts";

export interface MeshPowers {
  readonly relays: (waiting: Waiting) => Promise<readonly string[]>;
  readonly tables: (waiting: Waiting) => Promise<readonly DhtProtocol[]>;
  readonly iceServers: (waiting: Waiting) => Promise<readonly IceServer[]>;
  /** Fetches the list of relays again, after a relay is lost. */
  readonly reloadRelays: () => Promise<readonly string[]>;
  readonly locks: LockManager;
  /** Calls back in the last turn of the page, when it is closed. */
  readonly whenGone: (leave: () => void) => void;
  readonly logger: Logger;
}

export interface Mesh {
  /** The node as cells see it; its methods wait until the node has started. */
  readonly node: Node;
  readonly keys: Keys;
  readonly streams: PeerStreams;
  /** This tab's peer id, and addresses that end with it. With `isReachable`, waits until there are addresses. */
  locate(
    options: Waiting & { readonly isReachable?: boolean },
  ): Promise<{ readonly peerId: string; readonly addresses: readonly string[] }>;
  /** @see Bitswap.share */
  share(shared: SharedBlocks): Promise<AsyncDisposable>;
  /** @see NetNode.connectAt */
  connectAt(address: string, options: Waiting): Promise<Uint8Array>;
  /** Access to peers that the visitor's links name. */
  readonly peersAt: NetNode["peersAt"];
  readonly foundPeers: NetNode["foundPeers"];
  /** The node itself, once it has started. */
  net(waiting?: Waiting): Promise<NetNode>;
  /** Retries after a failed start. */
  retry(): void;
  watch(show: (status: PeerStatus) => void, options?: Waiting): void;
}

/** Number of stored identities, of which each open tab uses one. */
const SLOTS = 64;
const LIMIT_MS = 60_000;
/** Most addresses in a link. */
const ADDRESS_LIMIT = 2;

export function joinMesh(powers: MeshPowers): Mesh {
  const load = createLoad({
    what: "this tab's node",
    open: (signal) => start(powers, signal),
    limitMs: LIMIT_MS,
  });
  const retried = createNotice();
  return {
    node: {
      id: async () => (await load.get()).peerId.bytes,
      addrs: async () => (await load.get()).addrs().map(({ bytes }) => bytes),
      async peers() {
        return (await load.get()).peers().map(({ peerId, addrs }) => ({
          peerId: peerId.bytes,
          addrs: addrs.map(({ bytes }) => bytes),
        }));
      },
      connect: async (peerId, addrs, options) =>
        (await load.get(options)).connect(peerId, addrs, { ...options, foreign: true }),
    },
    keys: {
      seal: async (...args) => (await load.get()).seal(...args),
      open: openEnvelope,
      verify: verifySignature,
    },
    streams: {
      dial: async (peerId, protocol, options) =>
        (await load.get(options)).dialStream(peerId, protocol, options),
      async listen(protocol, take) {
        const serving = await (await load.get()).serveStreams(protocol, take);
        return {
          [Symbol.dispose]() {
            serving[Symbol.asyncDispose]().then(undefined, () => undefined); // the node has stopped
          },
        };
      },
    },
    async locate({ signal, isReachable = false }) {
      const node = await load.get({ signal });
      const id = node.peerId.text;
      for (;;) {
        const texts = node.addrs().map(({ text }) => text);
        const direct = texts.filter((text) => text.endsWith("/webrtc"));
        const chosen = (direct.length > 0 ? direct : texts).slice(0, ADDRESS_LIMIT);
        if (chosen.length > 0 || !isReachable) {
          return { peerId: id, addresses: chosen.map((text) => `${text}/p2p/${id}`) };
        }
        await node.changed({ signal });
      }
    },
    share: async (shared) => (await load.get()).share(shared),
    connectAt: async (...args) => (await load.get(args[1])).connectAt(...args),
    peersAt: {
      dial: async (...args) => (await load.get(args[2])).peersAt.dial(...args),
      want: async (...args) => (await load.get(args[2])).peersAt.want(...args),
    },
    foundPeers: {
      dial: async (...args) => (await load.get(args[2])).foundPeers.dial(...args),
      want: async (...args) => (await load.get(args[2])).foundPeers.want(...args),
    },
    net: (waiting) => load.get(waiting),
    retry: () => retried.notify(),
    watch(show, options) {
      void watchNode(load, retried, show, options); // ends with the signal
    },
  };
}

async function start(powers: MeshPowers, signal: AbortSignal): Promise<NetNode> {
  const { reloadRelays, logger } = powers;
  const [relays, tables, iceServers] = await Promise.all([
    powers.relays({ signal }),
    powers.tables({ signal }),
    powers.iceServers({ signal }),
  ]);
  const { promise: over, resolve: release } = Promise.withResolvers<void>();
  try {
    const slot = await claimSlot(powers.locks, over);
    const datastore = await openNodeData(`node-${slot}`);
    const webrtc = { iceServers, scope: globalThis };
    const options = { datastore, relays, tables, reloadRelays, webrtc, logger, signal };
    const node = await startNode(options);
    powers.whenGone(() => node.leave());
    return node;
  } catch (error) {
    release();
    throw error;
  }
}

/** Claims the lowest number that no other tab holds, until the tab is closed or `over` resolves. */
async function claimSlot(locks: LockManager, over: Promise<void>): Promise<number> {
  for (let slot = 0; slot < SLOTS; slot++) {
    const claimed = await new Promise<boolean>((resolve, reject) => {
      const held = locks.request(`node-${slot}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : over;
      });
      held.catch(reject);
    });
    if (claimed) return slot;
  }
  throw new Exception("overloaded", `More than ${SLOTS} tabs are open`);
}

/** The best transport among a peer's connections. */
function toTransport(addrs: readonly string[]): PeerTransport {
  if (addrs.some((addr) => addr.includes("/webrtc"))) return "webrtc";
  if (addrs.length > 0 && addrs.every((addr) => addr.includes("/p2p-circuit"))) return "relay";
  return addrs.some((addr) => /\/wss?(?:\/|$)/.test(addr)) ? "websocket" : "other";
}

async function watchNode(
  load: Load<NetNode>,
  retried: Notice,
  show: (status: PeerStatus) => void,
  options: Waiting = {},
): Promise<void> {
  for (;;) {
    show({ peerId: undefined, peers: [], failure: undefined });
    try {
      const node = await load.get(options);
      for (;;) {
        const peers = node.peers().map(({ peerId, addrs }) => ({
          peerId: peerId.text,
          transport: toTransport(addrs.map(({ text }) => text)),
        }));
        const { peerId, directConnections } = node;
        show({ peerId: peerId.text, peers, directConnections, failure: undefined });
        await node.changed(options);
      }
    } catch (error) {
      if (options.signal?.aborted === true) return;
      show({ peerId: undefined, peers: [], failure: toMessage(error) });
    }
    try {
      await retried.wait(options);
    } catch {
      return; // the signal has fired
    }
  }
}

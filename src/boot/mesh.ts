/** The tab's node: started once, under an identity that no other tab uses at the same time. */
import { Exception, toMessage } from "#base";
import type { Waiting } from "#base";
import type { Node } from "#caps";
import { startNode } from "#net";
import type { NetNode } from "#net";
import type { PeerStatus } from "#ui";
import { openNodeData } from "./storage.ts";

export interface MeshPowers {
  readonly relays: Promise<readonly string[]>;
  /** Asks for them again, where one is lost. */
  readonly reloadRelays: () => Promise<readonly string[]>;
  readonly locks: LockManager;
}

export interface Mesh {
  /** The node as cells see it; its methods wait until it has started. */
  readonly node: Node;
  watch(show: (status: PeerStatus) => void, options?: Waiting): void;
}

/** How many tabs of one browser can have an identity that is kept. */
const SLOTS = 64;

export function joinMesh(powers: MeshPowers): Mesh {
  const started = start(powers);
  // Whoever needs the node finds out why there is none.
  started.catch(() => undefined);
  return {
    node: {
      id: async () => (await started).peerId.bytes,
      addrs: async () => (await started).addrs().map(({ bytes }) => bytes),
      async peers() {
        return (await started).peers().map(({ peerId, addrs }) => ({
          peerId: peerId.bytes,
          addrs: addrs.map(({ bytes }) => bytes),
        }));
      },
      connect: async (peerId, addrs, options) =>
        (await started).connect(peerId, addrs, { ...options, foreign: true }),
    },
    watch(show, options) {
      void watchNode(started, show, options); // ends with the signal
    },
  };
}

async function start(powers: MeshPowers): Promise<NetNode> {
  // First of all, so that a page without configuration is heard of here and not as an unhandled rejection.
  const relays = await powers.relays;
  const slot = await claimSlot(powers.locks);
  const datastore = await openNodeData(`node-${slot}`);
  return startNode({ datastore, relays, reloadRelays: powers.reloadRelays });
}

/** The lowest number that no other tab holds; held until the tab is gone. */
async function claimSlot(locks: LockManager): Promise<number> {
  for (let slot = 0; slot < SLOTS; slot++) {
    const claimed = await new Promise<boolean>((resolve, reject) => {
      const held = locks.request(`node-${slot}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise(() => undefined);
      });
      held.catch(reject);
    });
    if (claimed) return slot;
  }
  throw new Exception("overloaded", `More than ${SLOTS} tabs are open`);
}

async function watchNode(
  started: Promise<NetNode>,
  show: (status: PeerStatus) => void,
  options: Waiting = {},
): Promise<void> {
  show({ peerId: undefined, peers: [], failure: undefined });
  try {
    const node = await started;
    for (;;) {
      const peers = node.peers().map(({ peerId }) => peerId.text);
      show({ peerId: node.peerId.text, peers, failure: undefined });
      await node.changed(options);
    }
  } catch (error) {
    if (options.signal?.aborted !== true) {
      show({ peerId: undefined, peers: [], failure: toMessage(error) });
    }
  }
}

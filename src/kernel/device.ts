/** The capability that a page lends to its kernel: server and client. @see capnp/owner.capnp Device */
import { Exception } from "#base";
import type { Waiting } from "#base";
import { dup, serve } from "#capnp";
import type { Results } from "#capnp";
import { Host, Progress, Tree } from "#schema";
import type {
  Device,
  DeviceServer,
  Fetching,
  ImageServer,
  IpfsServer,
  OpenedRecord,
  Order,
  RoutingServer,
} from "#schema";
import { openKeys, openNode, openSnapshot, openTree, serveKeys, serveNode, serveTree } from "#caps";
import type { Keys, Node, NodePowers, PeerStreams } from "#caps";
import type { Images, OpenedImage } from "./powers.ts";

type Mount = Order["mounts"][number];

export interface DevicePowers {
  readonly node: Node;
  readonly images: Images;
  readonly keys: Keys;
  readonly streams: PeerStreams;
  readonly content: ContentServers;
  readonly meet: MeetPeer;
}

/**
 * Connects the node to a peer at an address that the node's owner has named. Processes dial by `Node.connect` instead,
 * which is restricted.
 *
 * @returns the id of the peer
 * @throws {Exception} `failed` when the text is not a peer's address, or the address does not lead to the peer.
 */
export type MeetPeer = (address: string, options: Waiting) => Promise<Uint8Array>;

/** The page's services for content. */
export interface ContentServers {
  readonly ipfs: IpfsServer;
  readonly routing: RoutingServer;
}

/** The page's devices, as the kernel calls them. */
export interface OpenedDevice extends Omit<NodePowers, "streams"> {
  readonly images: Images;
  readonly meet: MeetPeer;
}

/** The server, on the page. */
export function serveDevice({
  node,
  images,
  keys,
  content,
  meet,
}: Omit<DevicePowers, "streams">): DeviceServer {
  return {
    host: () => ({ host: serve(Host, serveNode(node)) }),
    content: () => content,
    keys: () => ({ keys: serveKeys(keys) }),
    meet: async (address, { signal }) => ({ peer: await meet(address, { signal }) }),
    async open(layers, mounts, progress, peers, filesOnly, { signal }) {
      const onProgress = createReporter(progress);
      const options = { signal, onProgress, filesOnly };
      const image = await images.open({ layers, mounts, peers }, options);
      const { program, entrypoint, peers: bootPeers } = image;
      const trees = [image.tree, ...image.mounts.map(({ tree }) => tree)];
      return {
        opened: {
          program,
          entrypoint,
          peers: bootPeers,
          trees: trees.map(serveTree),
          image: serveImage(image),
        },
      };
    },
  };
}

/** Reports progress with one call in flight at a time; values in between are dropped. */
function createReporter(progress: Progress): (fetching: Fetching) => void {
  let latest: Fetching | undefined;
  let isReporting = false;
  const send = async (): Promise<void> => {
    if (isReporting) return;
    isReporting = true;
    try {
      while (latest !== undefined) {
        const fetching = latest;
        latest = undefined;
        await progress.report(fetching);
      }
    } catch {
      // The run has ended.
    } finally {
      isReporting = false;
    }
  };
  return (fetching) => {
    latest = fetching;
    void send(); // never rejects
  };
}

/** Serves an image and takes ownership of it. */
function serveImage(image: OpenedImage): ImageServer & Disposable {
  return {
    async save(snapshot, { signal }) {
      const opened = await openSnapshot(snapshot, { signal });
      return image.save(opened, { signal });
    },
    [Symbol.dispose]: () => image[Symbol.dispose](),
  };
}

/** The client, in the kernel. Takes ownership of the client. */
export function openDevice(device: Device): OpenedDevice {
  using hosting = device.host();
  using signing = device.keys();
  using content = device.content();
  return {
    node: openNode(dup(hosting.host)),
    keys: openKeys(dup(signing.keys)),
    ipfs: dup(content.ipfs),
    routing: dup(content.routing),
    meet: async (address, options) => (await device.meet(address, options)).peer.slice(),
    images: {
      async open({ layers, mounts, peers }, { signal, onProgress, filesOnly = false } = {}) {
        using progress = serve(Progress, { report: (fetching) => onProgress?.(fetching) });
        const opening = device.open(layers, mounts, progress, peers, filesOnly, { signal });
        return toImage(await opening, mounts, { signal });
      },
    },
  };
}

/** Takes ownership of the results. */
async function toImage(
  results: Results<{ readonly opened: OpenedRecord }>,
  mounts: readonly Mount[],
  options: Waiting,
): Promise<OpenedImage> {
  using stack = new DisposableStack();
  const { program, entrypoint, trees, image, peers } = stack.use(results).opened;
  const [tree, ...others] = await Promise.all(trees.map((client) => openTree(client, options)));
  if (tree === undefined || others.length !== mounts.length) {
    throw new Exception("failed", "The page opened different trees than the order names");
  }
  const owned = stack.move();
  return {
    program,
    entrypoint,
    tree,
    peers: peers.map(({ peerId, addrs }) => ({
      peerId: peerId.slice(),
      addrs: addrs.map((addr) => addr.slice()),
    })),
    mounts: others.map((mount, at) => ({ path: mounts[at]?.path ?? "", tree: mount })),
    async save(snapshot, { signal } = {}) {
      using served = serve(Tree, serveTree(snapshot));
      using saved = await image.save(served, { signal });
      return { path: saved.path, car: dup(saved.car) };
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

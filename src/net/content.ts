/**
 * Content: blocks by CID, from the store, gateways and peers. Each is checked against its CID, and stored.
 *
 * A layer is requested as one CAR, or, if much of it is stored, as CARs of the missing parts. Remaining blocks are
 * fetched one by one, by verified-fetch on a Helia node whose only block broker is `broker.ts`, so that every failure
 * has a cause. Both libraries are loaded when the first block is fetched in this way. Stored blocks are not requested again.
 */
import {
  concatBytes,
  createTurns,
  Exception,
  loadOnce,
  requireCheckable,
  sleep,
  toMessage,
} from "#base";
import type { Waiting } from "#base";
import { CID } from "multiformats/cid";
import type { Fetch } from "./answer.ts";
import { evictLayer } from "./evict-layer.ts";
import type { LayerLog } from "./evict-layer.ts";
import { fetchLayer } from "./fetch-layer.ts";
import type { LayerProgress } from "./fetch-layer.ts";
import { createPeerProvider } from "./peer-blocks.ts";
import type { PeerAccess } from "./peer-blocks.ts";
import { createGateway } from "./provider.ts";
import type { Provider } from "./provider.ts";
import { createRouter } from "./router.ts";
import type { RouterPowers } from "./router.ts";
import { createKeptBlocks } from "./kept-blocks.ts";
import type { Blockstore } from "./kept-blocks.ts";

export interface ContentOptions {
  /** The block store; the caller opens and closes it. */
  readonly blockstore: Blockstore;
  /** The layers that may be removed when the store is full; none by default. */
  readonly layers?: LayerLog | undefined;
  /** Base addresses of trustless gateways, tried in order. Besides them, only hosts that `routers` name are contacted. */
  readonly gateways: readonly string[];
  /** Base addresses of delegated routing servers, asked for providers of blocks that no gateway has. */
  readonly routers?: readonly string[] | undefined;
  /** @see RouterPowers.foundPeers */
  readonly foundPeers?: RouterPowers["foundPeers"];
  readonly fetch: Fetch;
  /** Reaches peers by multiaddresses, which end with their ids; without it, no peer is asked. */
  readonly peersAt?: PeerAccess | undefined;
  /** Blocks are stored once none was used for this long, so that an image is opened first; at once by default. */
  readonly quietMs?: number;
  /** How long a gateway may stall before its request is aborted; 10 s by default. */
  readonly stallMs?: number;
}

interface FetchLayerOptions extends Waiting {
  /** Addresses of peers that may have the layer, which are asked before the gateways. */
  readonly peers?: readonly string[] | undefined;
  readonly onProgress?: ((progress: LayerProgress) => void) | undefined;
}

export interface Content extends AsyncDisposable {
  /**
   * The checked bytes of one block, borrowed.
   *
   * @throws {Exception} in a sentence that names the block and what each gateway did; `disconnected` when a gateway
   *   could not be reached, `overloaded` when one did not respond, `failed` when none has the block or its bytes were
   *   wrong.
   */
  get(cid: CID, options?: Waiting): Promise<Uint8Array>;
  /** Like `get`, for a block that is stored or in memory; contacts nobody. `undefined` when it is not. */
  find(cid: CID, options?: Waiting): Promise<Uint8Array | undefined>;
  /** Keeps all blocks below the root from being removed to make room, until it is disposed. */
  keep(root: CID): Disposable;
  /** Stores a locally made block under its CID. */
  put(cid: CID, bytes: Uint8Array): Promise<CID>;
  /**
   * Resolves when every block below the root is here, perhaps not all stored yet; contacts no gateway if all are
   * stored.
   *
   * @throws {Exception} as `get` does; received blocks stay stored, so a retry resumes.
   */
  fetchLayer(root: CID, options?: FetchLayerOptions): Promise<void>;
}

const DEFAULT_STALL_MS = 10_000;
const PEER_LIMIT = 8;

export async function openContent(options: ContentOptions): Promise<Content> {
  const { stallMs = DEFAULT_STALL_MS, quietMs } = options;
  const gateways = options.gateways.map((url) =>
    createGateway(toBase(url), options.fetch, stallMs),
  );
  const routers = (options.routers ?? []).map((url) =>
    createRouter(toBase(url), { fetch: options.fetch, stallMs, foundPeers: options.foundPeers }),
  );
  const pause = quietMs === undefined ? undefined : (signal: AbortSignal) => sleep(quietMs, signal);
  const { layers, blockstore } = options;
  const kept = createKeptBlocks(blockstore, {
    pause,
    makeRoom:
      layers &&
      (() =>
        evictLayer({
          layers,
          read: (cid) => kept.get(cid),
          remove: (cids) => Array.fromAsync(blockstore.deleteMany(cids)),
          used: () => [...whole.values(), ...held],
        })),
  });
  /** Roots that are being fetched or kept. */
  const held = new Set<CID>();
  const hold = (root: CID): Disposable => {
    const own = CID.decode(root.bytes);
    held.add(own);
    return { [Symbol.dispose]: () => void held.delete(own) };
  };
  /** The peers that layers were last requested from, the most recent last. */
  const peers = new Map<string, Provider>();
  const findPeers = (addresses: readonly string[]): Provider[] => {
    const { peersAt } = options;
    if (peersAt === undefined) return [];
    return addresses.map((address) => {
      const peer = peers.get(address) ?? createPeerProvider(address, peersAt, stallMs);
      peers.delete(address);
      peers.set(address, peer);
      const [oldest] = peers.keys();
      if (peers.size > PEER_LIMIT && oldest !== undefined) peers.delete(oldest);
      return peer;
    });
  };
  const helia = loadOnce(async () => {
    const { startHelia } = await import("./start-helia.ts");
    // Peers of earlier links come last, so that they hear only of blocks that no gateway has.
    return startHelia(kept, () => [...gateways, ...routers, ...peers.values()]);
  });

  /**
   * Layers known to be complete: checking them again took half the time of a second boot. `get` fetches blocks that have
   * been lost since.
   */
  const whole = new Map<string, CID>();
  const settleSoon = createTurns(1);

  return {
    async get(cid, { signal } = {}) {
      const bytes = await kept.get(cid, { signal });
      if (bytes !== undefined) return bytes;
      requireCheckable(cid);
      try {
        const { blockstore: fetching } = await helia.get();
        const parts = await Array.fromAsync(fetching.get(cid, toOptions(signal)));
        return concatBytes(parts);
      } catch (reason) {
        signal?.throwIfAborted();
        throw (
          findException(reason) ??
          new Exception("failed", `Cannot fetch "${cid.toString()}": ${toMessage(reason)}`, {
            cause: reason,
          })
        );
      }
    },
    find: (cid, waiting) => kept.get(cid, waiting),
    keep: hold,
    async put(cid, bytes) {
      await kept.put(cid, bytes);
      return cid;
    },
    async fetchLayer(root, { signal, onProgress, peers: addresses = [] } = {}) {
      signal?.throwIfAborted();
      const name = root.toString();
      if (whole.has(name)) return;
      kept.retry();
      const providers = [...findPeers(addresses), ...gateways, ...routers];
      using stack = new DisposableStack();
      stack.use(hold(root));
      // Before the fetch: the blocks of a layer that cannot be fetched completely must be removable as well.
      await layers?.touch(root).catch(() => undefined);
      await fetchLayer(root, {
        getHelia: () => helia.get(),
        kept,
        providers,
        stallMs,
        signal,
        onProgress,
      });
      whole.set(name, root);
      // An in-memory store has stored all blocks after one turn.
      await settleSoon();
    },
    async [Symbol.asyncDispose]() {
      await kept.settled();
      await (await helia.peek())?.stop();
    },
  };
}

/** A trailing slash, so that `ipfs/<cid>` resolves below it. */
function toBase(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

function toOptions(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** Helia wraps the broker's errors. */
function findException(reason: unknown): Exception | undefined {
  if (reason instanceof Exception) return reason;
  if (reason instanceof AggregateError || isWrapper(reason)) {
    for (const inner of reason.errors) {
      const found = findException(inner);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isWrapper(reason: unknown): reason is { errors: unknown[] } {
  return reason instanceof Error && "errors" in reason && Array.isArray(reason.errors);
}

/**
 * Content: blocks by CID, from the store or from gateways, checked, kept.
 *
 * A layer is asked for as a CAR, and where much of it is here already, as CARs of the parts that are missing; what is still
 * missing then comes block by block, by verified-fetch on our own Helia, whose only block broker is ours, so that every
 * failure has a cause. Nothing that is stored is asked for again.
 */
import { concatBytes, createTurns, Exception, requireCheckable, toMessage } from "#base";
import type { Waiting } from "#base";
import type { CID } from "multiformats/cid";
import type { Fetch } from "./answer.ts";
import { createGatewayBroker } from "./broker.ts";
import { refusingDns } from "./dns.ts";
import { fetchLayer } from "./fetch-layer.ts";
import type { LayerProgress } from "./fetch-layer.ts";
import { createGateway } from "./gateway.ts";
import { HeliaStore, loadHasher } from "./helia-store.ts";
import { createKeptBlocks } from "./kept-blocks.ts";
import type { Blockstore } from "./kept-blocks.ts";

export interface ContentOptions {
  /** Where blocks are kept; the caller opens and closes it. */
  readonly blockstore: Blockstore;
  /** Base addresses of trustless gateways, asked in this order. No other host is ever asked. */
  readonly gateways: readonly string[];
  readonly fetch: Fetch;
  /** How long a gateway may send nothing before it is given up; 10 s unless told. */
  readonly stallMs?: number;
}

interface FetchLayerOptions extends Waiting {
  readonly onProgress?: ((progress: LayerProgress) => void) | undefined;
}

export interface Content extends AsyncDisposable {
  /**
   * The checked bytes of one block, lent.
   *
   * @throws {Exception} with a sentence that names the block and says what each gateway did; `disconnected` when one could
   * not be reached, `overloaded` when one did not answer, `failed` when nobody has it or its bytes were wrong.
   */
  get(cid: CID, options?: Waiting): Promise<Uint8Array>;
  /** Keeps a block that was made here, under its CID. */
  put(cid: CID, bytes: Uint8Array): Promise<CID>;
  /**
   * Returns when every block below the root is here, while the last are still being stored; asks no one when they are
   * already.
   *
   * @throws {Exception} as `get` does; blocks that arrived stay stored, so trying again goes on from there.
   */
  fetchLayer(root: CID, options?: FetchLayerOptions): Promise<void>;
}

const DEFAULT_STALL_MS = 10_000;

export async function openContent(options: ContentOptions): Promise<Content> {
  const { stallMs = DEFAULT_STALL_MS } = options;
  const gateways = options.gateways.map((url) =>
    createGateway(toBase(url), options.fetch, stallMs),
  );
  const kept = createKeptBlocks(options.blockstore);
  const { createHeliaLight } = await import("helia");
  const helia = await createHeliaLight({
    blockstore: new HeliaStore(kept),
    blockBrokers: [createGatewayBroker(gateways)],
    routers: [],
    dns: refusingDns,
    loadHasher,
  }).start();

  /** Layers that were seen whole: to look again costs half of a second boot. A block that is lost since is fetched by `get`. */
  const whole = new Set<string>();
  const settleSoon = createTurns(1);

  return {
    async get(cid, { signal } = {}) {
      const bytes = await kept.get(cid, { signal });
      if (bytes !== undefined) return bytes;
      requireCheckable(cid);
      try {
        const parts = await Array.fromAsync(helia.blockstore.get(cid, toOptions(signal)));
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
    async put(cid, bytes) {
      await kept.put(cid, bytes);
      return cid;
    },
    async fetchLayer(root, { signal, onProgress } = {}) {
      signal?.throwIfAborted();
      const name = root.toString();
      if (whole.has(name)) return;
      await fetchLayer(root, { helia, kept, gateways, signal, onProgress });
      whole.add(name);
      // A store in memory has them by then.
      await settleSoon();
    },
    async [Symbol.asyncDispose]() {
      await kept.settled();
      await helia.stop();
    },
  };
}

/** So that `ipfs/<cid>` is resolved below it. */
function toBase(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

function toOptions(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** Helia wraps what the broker threw. */
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

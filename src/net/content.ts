/**
 * Content: blocks by CID, from the store or from gateways, checked, kept.
 *
 * A layer is asked for once, as a CAR; what is missing then comes block by block, by verified-fetch on our own Helia, whose
 * only block broker is ours, so that every failure has a cause. Nothing that is stored is asked for again.
 */
import { concatBytes, Exception, toMessage } from "#base";
import type { Waiting } from "#base";
import type { CID } from "multiformats/cid";
import { createGatewayBroker } from "./broker.ts";
import { completeLayer } from "./complete-layer.ts";
import { refusingDns } from "./dns.ts";
import { createGateway } from "./gateway.ts";
import type { Fetch } from "./answer.ts";
import { isWhole } from "./missing.ts";
import type { Blockstore } from "./missing.ts";
import { toFetchException } from "./trouble.ts";
import type { Trouble } from "./trouble.ts";

export interface ContentOptions {
  /** Where blocks are kept; the caller opens and closes it. */
  readonly blockstore: Blockstore;
  /** Base addresses of trustless gateways, asked in this order. No other host is ever asked. */
  readonly gateways: readonly string[];
  readonly fetch: Fetch;
  /** How long a gateway may send nothing before it is given up; 10 s unless told. */
  readonly stallMs?: number;
}

/** How far a layer is: blocks checked and stored, bytes received, and how many bytes there will be, where it is known. */
interface LayerProgress {
  readonly blocks: number;
  readonly bytes: number;
  readonly totalBytes: number | undefined;
}

interface FetchLayerOptions extends Waiting {
  readonly onProgress?: ((progress: LayerProgress) => void) | undefined;
}

export interface Content extends AsyncDisposable {
  /**
   * The checked bytes of one block.
   *
   * @throws {Exception} with a sentence that names the block and says what each gateway did; `disconnected` when one could
   * not be reached, `overloaded` when one did not answer, `failed` when nobody has it or its bytes were wrong.
   */
  get(cid: CID, options?: Waiting): Promise<Uint8Array>;
  /** Keeps a block that was made here, under its CID. */
  put(cid: CID, bytes: Uint8Array): Promise<CID>;
  /**
   * Returns when every block below the root is stored; asks no one when they are already.
   *
   * @throws {Exception} as `get` does; blocks that arrived stay stored, so trying again goes on from there.
   */
  fetchLayer(root: CID, options?: FetchLayerOptions): Promise<void>;
}

const DEFAULT_STALL_MS = 10_000;

export async function openContent(options: ContentOptions): Promise<Content> {
  const { blockstore, stallMs = DEFAULT_STALL_MS } = options;
  const gateways = options.gateways.map((url) =>
    createGateway(toBase(url), options.fetch, stallMs),
  );
  const { createHeliaLight } = await import("helia");
  const helia = await createHeliaLight({
    blockstore,
    blockBrokers: [createGatewayBroker(gateways)],
    routers: [],
    dns: refusingDns,
  }).start();

  /** Layers that were seen whole: to look again costs half of a second boot. A block that is lost since is fetched by `get`. */
  const whole = new Set<string>();

  return {
    async get(cid, { signal } = {}) {
      signal?.throwIfAborted();
      try {
        const parts: Uint8Array[] = [];
        for await (const part of helia.blockstore.get(cid, toOptions(signal))) parts.push(part);
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
      return await blockstore.put(cid, bytes);
    },
    async fetchLayer(root, { signal, onProgress } = {}) {
      signal?.throwIfAborted();
      const name = root.toString();
      if (whole.has(name) || (await isWhole(root, blockstore, signal))) {
        whole.add(name);
        return;
      }
      let progress: LayerProgress = { blocks: 0, bytes: 0, totalBytes: undefined };
      const tell = (change: Partial<LayerProgress>): void => {
        progress = { ...progress, ...change };
        onProgress?.(progress);
      };
      tell({});
      const troubles: Trouble[] = [];
      for (const gateway of gateways) {
        const trouble = await gateway.fetchDag(
          root,
          {
            async onBlock(cid, bytes) {
              await blockstore.put(cid, bytes, toOptions(signal));
              tell({ blocks: progress.blocks + 1 });
            },
            onBytes: (bytes, totalBytes) => tell({ bytes, totalBytes }),
          },
          { signal },
        );
        if (trouble !== undefined) troubles.push(trouble);
        if (await isWhole(root, blockstore, signal)) return;
      }
      if (!troubles.some(mayHaveBlocks) && troubles.length === gateways.length) {
        throw toFetchException(root.toString(), troubles);
      }
      await completeLayer(helia, root, blockstore, signal, (bytes) =>
        tell({ blocks: progress.blocks + 1, bytes: progress.bytes + bytes, totalBytes: undefined }),
      );
    },
    async [Symbol.asyncDispose]() {
      await helia.stop();
    },
  };
}

/** A gateway that cannot make a CAR, or made a bad one, may still give blocks; one that is gone or empty will not. */
function mayHaveBlocks({ type }: Trouble): boolean {
  return type === "refused" || type === "cut" || type === "corrupt";
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

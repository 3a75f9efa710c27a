/** Fetches the missing blocks of a layer from gateways and peers, in few requests. */
import { Exception, toMessage } from "#base";
import type { Waiting } from "#base";
import type { Helia } from "helia";
import type { CID } from "multiformats/cid";
import { askProviders } from "./ask-providers.ts";
import { completeLayer } from "./complete-layer.ts";
import type { Provider } from "./provider.ts";
import type { KeptBlocks } from "./kept-blocks.ts";
import { countBytes, findMissing } from "./missing.ts";
import type { Missing } from "./missing.ts";
import { describeProvider, describeTrouble, toFetchException } from "./trouble.ts";
import type { Trouble } from "./trouble.ts";

/** The progress of a layer. */
export interface LayerProgress {
  /** Blocks that have arrived and are checked. */
  readonly blocks: number;
  readonly bytes: number;
  /** Total bytes, as the gateway or the root of the DAG states; `undefined` before that. */
  readonly totalBytes: number | undefined;
  /** The delay that a busy gateway has requested, while waiting. */
  readonly waitSeconds?: number | undefined;
  /** The providers that have been asked so far, as messages name them. */
  readonly asked?: readonly string[] | undefined;
}

export interface FetchLayerPowers extends Waiting {
  readonly getHelia: () => Promise<Helia>;
  readonly kept: KeptBlocks;
  /** In the order in which they are asked. */
  readonly providers: readonly Provider[];
  /** Time without any block after which the providers are given up. */
  readonly stallMs: number;
  readonly onProgress?: ((progress: LayerProgress) => void) | undefined;
}

const RAW = 0x55;
/** The cost of a request, in bytes that could be transferred meanwhile. */
const REQUEST_BYTES = 32 * 1024;
/** CARs are requested one after the other. */
const LIMIT_CARS = 32;
/** Time without a block after which the next provider is asked as well. */
const PATIENCE_MS = 1500;
/** A block of 1 MB takes this long at 17 KB/s: a provider that completes none in this time is not sending blocks. */
const QUIET_MS = 60_000;
/** Reporting progress costs as much as receiving a few blocks. On a slow line, this much takes a third of a second. */
const BLOCKS_PER_PROGRESS = 256;
const BYTES_PER_PROGRESS = 64 * 1024;

/**
 * Resolves when every block below the root is stored or waits to be stored.
 *
 * @throws {Exception} in one sentence, when a block cannot be fetched or stored.
 */
export async function fetchLayer(root: CID, powers: FetchLayerPowers): Promise<void> {
  const { getHelia, kept, providers, stallMs, signal, onProgress } = powers;
  let missing = await findMissing(root, kept, { signal });
  if (missing.cids.length === 0) return;
  let asked = 0;
  let arrived = 0;
  let waits = 0;
  /** The length of the CAR as its only provider states it. Progress then counts the received bytes, with the CAR's overhead. */
  let lengthBytes: number | undefined;
  let progress: LayerProgress = begin(missing);
  let told = progress;
  /** Whether a provider has sent the whole layer, so that nothing can be missing. */
  let isWhole = false;
  const tell = (change: Partial<LayerProgress>): void => {
    progress = told = { ...progress, ...change };
    onProgress?.(progress);
  };
  const onWait = (waitSeconds: number | undefined): void => {
    waits += waitSeconds === undefined ? -1 : 1;
    tell({ waitSeconds });
  };
  tell({});

  const fetchCar = async (
    provider: Provider,
    top: CID,
    until: AbortSignal,
  ): Promise<Trouble | undefined> => {
    const count = (bytes: Uint8Array): void => {
      if (until.aborted) return;
      const blocks = progress.blocks + 1;
      const got = lengthBytes === undefined ? bytes.length : 0;
      progress = { ...progress, blocks, bytes: progress.bytes + got };
      const isMuch = progress.bytes - told.bytes >= BYTES_PER_PROGRESS;
      if (isMuch || blocks - told.blocks >= BLOCKS_PER_PROGRESS) tell({});
    };
    const keep = async (cid: CID, bytes: Uint8Array): Promise<void> => {
      if ((missing.found > 0 || asked > 1) && (await kept.has(cid))) return;
      await kept.put(cid, bytes, { signal: until });
      if (!until.aborted && lengthBytes === undefined && cid.equals(root)) {
        tell({ totalBytes: await countBytes(cid, bytes) });
      }
      count(bytes);
    };
    return provider.fetchDag(
      top,
      {
        onBlock(cid, bytes) {
          arrived++;
          // For a new layer from one provider, querying the store for each block costs more than fetching it.
          if (cid.code !== RAW || missing.found > 0 || asked > 1) return keep(cid, bytes);
          const keeping = kept.put(cid, bytes, { signal: until });
          if (keeping !== undefined) return keeping.then(() => count(bytes));
          count(bytes);
          return undefined;
        },
        onWhole() {
          isWhole ||= top === root;
        },
        onBytes(bytes, totalBytes) {
          if (top !== root || asked > 1 || totalBytes === undefined) return;
          lengthBytes = totalBytes;
          tell({ bytes, totalBytes });
        },
      },
      { signal: until, onWait },
    );
  };

  const troubles = await askProviders(providers, {
    signal,
    stallMs,
    patienceMs: PATIENCE_MS,
    quietMs: Math.max(QUIET_MS, stallMs),
    arrived: () => arrived,
    isWaiting: () => waits > 0,
    async isDone() {
      tell({});
      if (isWhole) return true;
      missing = await findMissing(root, kept, { signal });
      return missing.cids.length === 0;
    },
    async ask(provider, until) {
      if (++asked > 1) {
        missing = await findMissing(root, kept, { signal: until });
        lengthBytes = undefined;
        progress = { ...begin(missing), asked: progress.asked };
      }
      tell({ asked: [...(progress.asked ?? []), describeProvider(provider.name)] });
      for (const top of planCars(root, missing)) {
        const trouble = await fetchCar(provider, top, until);
        if (trouble !== undefined) return trouble;
      }
      return undefined;
    },
  });
  if (troubles === undefined) return;
  if (troubles.length === providers.length && !troubles.some(mayHaveBlocks)) {
    throw toFetchException(root.toString(), troubles);
  }
  progress = begin(missing);
  try {
    await completeLayer(await getHelia(), root, kept, signal, {
      onBlock: (bytes) => tell({ blocks: progress.blocks + 1, bytes: progress.bytes + bytes }),
      onWait,
    });
  } catch (reason) {
    throw explain(reason, troubles);
  }
}

/** Adds the reason why a CAR was unusable to the error for a missing block. */
function explain(reason: unknown, troubles: readonly Trouble[]): unknown {
  const told = troubles
    .filter(({ type }) => type === "corrupt" || type === "unusable")
    .map(describeTrouble)
    .filter((text) => !toMessage(reason).includes(text));
  if (!(reason instanceof Exception) || told.length === 0) return reason;
  const text = `${reason.message}; before that, ${told.join(", ")}`;
  return new Exception(reason.kind, text, { cause: reason });
}

function begin({ found: blocks, bytes, totalBytes }: Missing): LayerProgress {
  return { blocks, bytes: Math.max(0, (totalBytes ?? 0) - bytes), totalBytes };
}

/** The DAGs to request as CARs: the whole, or its missing parts; single-block files are fetched alone. */
function planCars(root: CID, { cids, bytes, totalBytes }: Missing): readonly CID[] {
  const tops = cids.filter(({ code }) => code !== RAW);
  const isLittle = bytes + cids.length * REQUEST_BYTES < (totalBytes ?? 0);
  return isLittle && tops.length <= LIMIT_CARS ? tops : [root];
}

/**
 * A provider without CARs, or with a bad one, may still serve blocks; one that is unreachable or lacks the root will
 * not.
 */
function mayHaveBlocks({ type }: Trouble): boolean {
  return type === "refused" || type === "cut" || type === "corrupt" || type === "unusable";
}

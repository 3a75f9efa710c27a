/** Opens images for the kernel, and stores snapshots of them. */
import { Exception, sleep, whenAborted } from "#base";
import type { Snapshot, Waiting } from "#base";
import { serve } from "#capnp";
import { servePieces } from "#caps";
import { encodeCar, importSnapshot } from "#image";
import type { LinkedTree } from "#image";
import type { ImageOptions, Images, OpenedImage, SavedImage } from "#kernel";
import { readBootPeers } from "#net";
import type { Content } from "#net";
import { ByteStream } from "#schema";
import type { Fetching } from "#schema";
import type { Load } from "./load.ts";
import { openImage, openMounts } from "./open-image.ts";
import type { ResolveName } from "./open-image.ts";

export interface ImagePowers {
  readonly content: Load<Content>;
  readonly resolve: ResolveName;
  /** Whether the page is a secure context, which hashes and storage require. */
  readonly isSecure: boolean;
  /** Called when an image is being opened. */
  readonly onOpen?: (() => void) | undefined;
}

export interface PageImages extends Images {
  /**
   * Opens an image without mounts before the kernel asks for it. The next `open` of the same layers and peers takes over the
   * result and its progress. The signal cancels it at any time: an `open` that has taken it over and was not cancelled as
   * well begins anew. Resolves when the image is open or has failed; never rejects.
   */
  prefetch(order: Pick<Order, "layers" | "peers">, options: ImageOptions): Promise<void>;
}

type Order = Parameters<Images["open"]>[0];

/** A prefetched image that no `open` has taken yet. */
interface Prefetched {
  readonly key: string;
  readonly image: Promise<OpenedImage>;
  readonly stop: AbortController;
  latest: Fetching | undefined;
  onProgress: ImageOptions["onProgress"];
}

/** The kernel cancels the opening of a run's image sooner than this after the page has stopped the run. */
const STOPPING_MS = 250;

export function createImages({ content, resolve, isSecure, onOpen }: ImagePowers): PageImages {
  const prefetched = new Set<Prefetched>();

  const open = async (
    { layers, mounts, peers }: Order,
    options: ImageOptions,
  ): Promise<OpenedImage> => {
    if (!isSecure) {
      const state = "browsers give an insecure page neither hashes nor storage";
      throw new Exception("failed", `Cannot run: ${state}; open it over https, or on localhost`);
    }
    onOpen?.();
    const blocks = await content.get(options);
    const { tree, program, entrypoint } = await openImage(blocks, resolve, layers, {
      ...options,
      peers,
    });
    const opened = await openMounts(blocks, resolve, mounts, options);
    const volumes = [tree, ...opened.map((mount) => mount.tree)];
    return {
      program,
      entrypoint,
      tree,
      mounts: opened,
      peers: await readBootPeers(tree, options),
      save: (snapshot, waiting) => saveImage(snapshot, volumes, blocks, waiting),
      // Nothing to release: fetched blocks stay stored.
      [Symbol.dispose]: () => undefined,
    };
  };
  /** Takes a prefetched image that matches the order. */
  const take = ({ layers, mounts, peers }: Order): Prefetched | undefined => {
    const key = toKey({ layers, peers });
    const found = mounts.length > 0 ? [] : [...prefetched].filter((other) => other.key === key);
    const [taken] = found;
    if (taken !== undefined) prefetched.delete(taken);
    return taken;
  };
  return {
    async open(order, options = {}) {
      options.signal?.throwIfAborted();
      // A prefetched image was opened with its program, not for its files alone.
      const taken = options.filesOnly === true ? undefined : take(order);
      if (taken === undefined) return open(order, options);
      const { image, stop, latest } = taken;
      taken.onProgress = options.onProgress;
      if (latest !== undefined) options.onProgress?.(latest);
      const forget = options.signal && whenAborted(options.signal, () => stop.abort());
      try {
        return await image;
      } catch (reason) {
        options.signal?.throwIfAborted();
        if (!stop.signal.aborted) throw reason;
        // It was prefetched for another, who has stopped. For a run that is being stopped, the kernel's word follows.
        await sleep(STOPPING_MS, options.signal);
        options.signal?.throwIfAborted();
        return open(order, options);
      } finally {
        forget?.();
      }
    },
    async prefetch({ layers, peers }, { signal, onProgress }) {
      const stop = new AbortController();
      const begun: Prefetched = {
        key: toKey({ layers, peers }),
        stop,
        onProgress,
        latest: undefined,
        image: open(
          { layers, peers, mounts: [] },
          {
            signal: stop.signal,
            onProgress(progress) {
              begun.latest = progress;
              begun.onProgress?.(progress);
            },
          },
        ),
      };
      prefetched.add(begun);
      if (signal !== undefined) {
        whenAborted(signal, () => {
          prefetched.delete(begun);
          stop.abort();
        });
      }
      // An `open` that has taken the image reports the failure; a later one starts again.
      await begun.image.catch(() => prefetched.delete(begun));
    },
  };
}

function toKey({ layers, peers }: Pick<Order, "layers" | "peers">): string {
  return JSON.stringify([layers, peers]);
}

/**
 * Stores a snapshot of a run's files.
 *
 * @param volumes the image that was run, then its mounts
 * @throws {Exception} `failed` when the files cannot be read or stored.
 */
async function saveImage(
  snapshot: Snapshot,
  volumes: readonly LinkedTree[],
  content: Content,
  waiting: Waiting = {},
): Promise<SavedImage> {
  const root = await importSnapshot(snapshot, volumes, content, waiting);
  return {
    path: `/ipfs/${root.toString()}`,
    car: serve(ByteStream, servePieces(encodeCar(root, content))),
  };
}

/** Names: resolved at the page's gateways, stored for all tabs, and followed by running images. */
import { createNotice, Exception, toMessage, untilAborted } from "#base";
import type { Logger, Notice, Waiting } from "#base";
import { parseImageName } from "#image";
import {
  createMemoryNames,
  createNames,
  createNameServer,
  followName,
  isOlder,
  toPath,
} from "#net";
import type {
  Names,
  NameSink,
  NameSource,
  NameStore,
  NetNode,
  PublishOptions,
  ResolvedName,
} from "#net";
import type { NamedImage } from "#ui";
import type { CID } from "multiformats/cid";
import type { PageConfig } from "./config.ts";
import { createLoad } from "./load.ts";
import { openNameStore } from "./name-store.ts";

type NamesConfig = Pick<PageConfig, "gateways" | "routers" | "stallMs" | "namePollMs">;

export interface NamesPowers {
  readonly config: (waiting: Waiting) => Promise<NamesConfig>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly logger: Logger;
  /** The page's node, which can find more names; loaded only when no server knows a name. */
  readonly net: (waiting?: Waiting) => Promise<NetNode>;
  /** Resolves when an image runs; whatever the image can start without is loaded after that. */
  readonly running: () => Promise<void>;
}

export interface PageNames {
  /** @see Names.resolve */
  resolve(key: CID, waiting?: Waiting): Promise<ResolvedName>;
  /** Resolves for a cell, whose lookups are remembered apart and displace no name that the visitor has opened. */
  resolveForeign(key: CID, waiting?: Waiting): Promise<ResolvedName>;
  /** Publishes the CID under the node's own name. @returns the path of the name */
  publish(cid: CID, options?: PublishOptions): Promise<string>;
  /** Resolves the names in a link's layers; `follow` of the result keeps resolving the name of the last layer. */
  findImage(layers: readonly string[], waiting?: Waiting): Promise<NamedImage>;
}

/** A layer by its CID, and the name and record that it was resolved from, if any. */
type FoundLayer = { readonly path: string } & (
  | { readonly name: MutableName; readonly record: ResolvedName }
  | { readonly name: undefined; readonly record: undefined }
);

const LIMIT_MS = 60_000;
const DEFAULT_STALL_MS = 10_000;
/** Least time between lookups of a name, however many hints arrive. */
const PAUSE_MS = 1_000;

interface LoadedNames {
  readonly names: Names;
  /** Names that cells look up. */
  readonly foreign: Names;
  readonly pollMs: number;
}

/** Loads the configuration and the store with the first name. */
export function createPageNames(powers: NamesPowers): PageNames {
  const { config, fetch, logger, net, running } = powers;
  const table: NameSource & NameSink = {
    label: "the hash table",
    fetchRecord: async (key, waiting) => (await net(waiting)).names.fetchRecord(key, waiting),
    putRecord: async (key, record, waiting) =>
      (await net(waiting)).names.putRecord(key, record, waiting),
  };
  const load = createLoad({
    what: "the resolver of names",
    limitMs: LIMIT_MS,
    async open(signal): Promise<LoadedNames> {
      const { gateways, routers, stallMs, namePollMs: pollMs } = await config({ signal });
      const limit = stallMs ?? DEFAULT_STALL_MS;
      const servers = gateways.map((url) => createNameServer(url, "ipns/", fetch, limit));
      const routed = routers.map((url) => createNameServer(url, "routing/v1/ipns/", fetch, limit));
      const store = await openNameStore("names");
      const places = {
        sources: [...servers, ...routed],
        fallbacks: [table],
        sinks: [...servers, table],
      };
      const names = createNames({ store, ...places });
      return { names, foreign: createNames({ store: lendStore(store), ...places }), pollMs };
    },
  });
  const resolve: PageNames["resolve"] = async (key, waiting) =>
    (await load.get(waiting)).names.resolve(key, waiting);
  const findLayer = async (layer: string, waiting?: Waiting): Promise<FoundLayer> => {
    const name = parseImageName(layer);
    if (name.type === "unreadable") throw new Exception("failed", name.reason);
    if (name.type === "name") return { path: name.path, name: undefined, record: undefined };
    const record = await resolve(name.key, waiting);
    return { path: toImage(name, record.cid), name, record };
  };
  /** Passes on hints of the mesh that the name has changed, once an image runs. Never rejects. */
  const listen = async (key: CID, hint: Notice, signal: AbortSignal): Promise<void> => {
    try {
      await untilAborted(running(), signal);
      const notice = await (await net({ signal })).watchName(key, signal);
      for (;;) {
        await notice.wait({ signal });
        hint.notify();
      }
    } catch (reason) {
      if (!signal.aborted) {
        logger.log("info", "net", "no hints at names", { reason: toMessage(reason) });
      }
    }
  };
  /** Follows a resolved name until the signal fires. Never rejects: the name was resolved, so the load has succeeded. */
  const follow = async (
    name: MutableName,
    record: ResolvedName,
    onHead: (path: string) => PromiseLike<unknown>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { names, pollMs } = await load.get();
    const hint = createNotice();
    void listen(name.key, hint, signal);
    await followName(names, name.key, record, {
      pollMs,
      pauseMs: Math.min(PAUSE_MS, pollMs),
      hint,
      onHead: (cid) => onHead(toImage(name, cid)),
      logger,
      signal,
    });
  };
  return {
    resolve,
    resolveForeign: async (key, waiting) => (await load.get(waiting)).foreign.resolve(key, waiting),
    async publish(cid, options) {
      const { names } = await load.get(options);
      const node = await net(options);
      await node.publish(names, cid, options);
      return toPath(node.nameKey);
    },
    async findImage(layers, waiting) {
      const found = await Promise.all(layers.map((layer) => findLayer(layer, waiting)));
      const last = found.at(-1);
      return {
        layers: found.map(({ path }) => path),
        follow(onHead, signal) {
          if (last?.record !== undefined) void follow(last.name, last.record, onHead, signal);
        },
      };
    },
  };
}

type MutableName = Extract<ReturnType<typeof parseImageName>, { readonly type: "mutable" }>;

function toImage({ program }: MutableName, cid: CID): string {
  const image = `/ipfs/${cid.toString()}`;
  return program === undefined ? image : `${image}/${program}`;
}

/** Reads from the store, and updates only names that the store has; other names are remembered in memory. */
function lendStore(store: NameStore): NameStore {
  const others = createMemoryNames();
  return {
    async get(key) {
      const [stored, own] = await Promise.all([store.get(key), others.get(key)]);
      return stored === undefined || (own !== undefined && isOlder(stored, own)) ? own : stored;
    },
    keep: async (key, record) =>
      (await store.get(key)) === undefined ? others.keep(key, record) : store.keep(key, record),
  };
}

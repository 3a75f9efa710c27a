/** The page's names: resolved at its gateways, remembered for all tabs, and followed by the images that run. */
import { createNotice, Exception } from "#base";
import type { Logger, Waiting } from "#base";
import { parseImageName } from "#image";
import { createNames, createNameServer, followName } from "#net";
import type { Names, ResolvedName } from "#net";
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
}

export interface PageNames {
  /** @see Names.resolve */
  resolve(key: CID, waiting?: Waiting): Promise<ResolvedName>;
  /** The image of a link; names are resolved now, and that of the last layer again while it is followed. */
  findImage(layers: readonly string[], waiting?: Waiting): Promise<NamedImage>;
}

/** A layer by its CID, with the name that has led there if there is one. */
type FoundLayer = { readonly path: string } & (
  | { readonly name: MutableName; readonly record: ResolvedName }
  | { readonly name: undefined; readonly record: undefined }
);

const LIMIT_MS = 60_000;
const DEFAULT_STALL_MS = 10_000;

/** Everything is loaded with the first name. */
export function createPageNames({ config, fetch, logger }: NamesPowers): PageNames {
  const load = createLoad({
    what: "what resolves names",
    limitMs: LIMIT_MS,
    async open(signal): Promise<{ readonly names: Names; readonly pollMs: number }> {
      const { gateways, routers, stallMs, namePollMs: pollMs } = await config({ signal });
      const limit = stallMs ?? DEFAULT_STALL_MS;
      const servers = gateways.map((url) => createNameServer(url, "ipns/", fetch, limit));
      const asked = routers.map((url) => createNameServer(url, "routing/v1/ipns/", fetch, limit));
      const store = await openNameStore("names");
      const sources = [...servers, ...asked];
      return { names: createNames({ store, sources, sinks: servers }), pollMs };
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
  /** Never rejects: the name was resolved, so all is loaded. */
  const follow = async (
    name: MutableName,
    record: ResolvedName,
    onHead: (path: string) => PromiseLike<unknown>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { names, pollMs } = await load.get();
    await followName(names, name.key, record, {
      pollMs,
      hint: createNotice(),
      onHead: (cid) => onHead(toImage(name, cid)),
      logger,
      signal,
    });
  };
  return {
    resolve,
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

/** The page's content: one block store for all tabs, opened with the first image. */
import type { Waiting } from "#base";
import { openContent } from "#net";
import type { Content, ContentOptions } from "#net";
import type { CID } from "multiformats/cid";
import { BlockDatabase } from "./block-database.ts";
import type { PageConfig } from "./config.ts";
import { createLoad } from "./load.ts";
import type { Load } from "./load.ts";
import { openBlocks } from "./storage.ts";

export interface ContentPowers {
  readonly config: (
    waiting: Waiting,
  ) => Promise<Pick<PageConfig, "gateways" | "routers" | "stallMs">>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly peersAt?: ContentOptions["peersAt"];
  readonly foundPeers?: ContentOptions["foundPeers"];
}

const LIMIT_MS = 60_000;
/**
 * Pause before blocks are stored. By then the image is open; the pause is short since the visitor may leave once the program
 * has ended.
 */
const QUIET_MS = 50;

/** Creates a `Load` of the content, which is opened on first use. */
export function createContentLoad(powers: ContentPowers): Load<Content> {
  return createLoad({
    what: "the fetcher of images",
    async open(signal) {
      const { gateways, routers, stallMs } = await powers.config({ signal });
      const blockstore = await openBlocks();
      const { fetch, peersAt, foundPeers, wallMs } = powers;
      const layers =
        blockstore instanceof BlockDatabase
          ? {
              touch: (root: CID) => blockstore.touchLayer(root, wallMs()),
              list: () => blockstore.listLayers(),
              forget: (root: CID) => blockstore.forgetLayer(root),
            }
          : undefined;
      const options = {
        blockstore,
        layers,
        gateways,
        routers,
        fetch,
        quietMs: QUIET_MS,
        peersAt,
        foundPeers,
      };
      return openContent(stallMs === undefined ? options : { ...options, stallMs });
    },
    limitMs: LIMIT_MS,
  });
}

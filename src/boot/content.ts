/** Content for the page: one store of blocks for all tabs, opened with the first image. */
import { openContent } from "#net";
import type { Content } from "#net";
import type { PageConfig } from "./config.ts";
import { openBlocks } from "./storage.ts";

export interface ContentPowers {
  readonly config: Promise<Pick<PageConfig, "gateways" | "stallMs">>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** Gives the content, opened at the first call; a failed attempt is made again at the next. */
export function createLazyContent(powers: ContentPowers): () => Promise<Content> {
  let opening: Promise<Content> | undefined;
  const open = async (): Promise<Content> => {
    const { gateways, stallMs } = await powers.config;
    const options = { blockstore: await openBlocks(), gateways, fetch: powers.fetch };
    return openContent(stallMs === undefined ? options : { ...options, stallMs });
  };
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

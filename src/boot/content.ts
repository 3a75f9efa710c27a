/** Content for the page: one store of blocks for all tabs, opened with the first image. */
import { openContent } from "#net";
import type { Content } from "#net";
import { IDBBlockstore } from "blockstore-idb";

export interface ContentPowers {
  readonly gateways: Promise<readonly string[]>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly stallMs?: number;
}

/** Gives the content, opened at the first call; a failed attempt is made again at the next. */
export function createLazyContent(powers: ContentPowers): () => Promise<Content> {
  let opening: Promise<Content> | undefined;
  const open = async (): Promise<Content> => {
    const { gateways, ...rest } = powers;
    const blockstore = new IDBBlockstore("blocks");
    await blockstore.open();
    return openContent({ ...rest, blockstore, gateways: await gateways });
  };
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

/** Caches recently used blocks, since files are read in pieces far smaller than a block. */
import type { BlockSource } from "./block-source.ts";

/** The source with a cache of `count` blocks; failures are not cached. */
export function cacheBlocks(blocks: BlockSource, count: number): BlockSource {
  const kept = new Map<string, Uint8Array>();
  return {
    async get(cid, options) {
      const key = cid.toString();
      const bytes = kept.get(key) ?? (await blocks.get(cid, options));
      kept.delete(key);
      kept.set(key, bytes);
      if (kept.size > count) {
        for (const oldest of kept.keys()) {
          kept.delete(oldest);
          break;
        }
      }
      return bytes;
    },
  };
}

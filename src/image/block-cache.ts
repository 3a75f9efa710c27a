/** Keeps the blocks used last, because files are read in pieces far smaller than a block. */
import type { BlockSource } from "./block-source.ts";

/** The same source with the last `count` blocks kept; a failed get is not kept. */
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

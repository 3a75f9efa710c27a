/** Tells layers from images that can be opened. */
import type { Waiting } from "#base";
import { createBlockSource, openLayer, requireEntrypoint } from "#image";
import type { ReadableBlockstore } from "#image";
import type { LoadedImage } from "./load-image.ts";

/**
 * Whether an image has no program of its own, `bin/main.wasm`. `false` as well for one that cannot be read: whoever opens it
 * hears why.
 */
export async function isLayer(
  { cid }: LoadedImage,
  blockstore: ReadableBlockstore,
  options: Waiting,
): Promise<boolean> {
  const tree = await openLayer(cid, createBlockSource(blockstore), options).catch(() => undefined);
  options.signal?.throwIfAborted();
  if (tree === undefined) return false;
  try {
    requireEntrypoint(tree);
    return false;
  } catch {
    return true;
  }
}

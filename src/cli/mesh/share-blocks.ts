/** Serves the blocks of a node's images to its peers. */
import { createBlockSource, encodeCar } from "#image";
import type { ReadableBlockstore } from "#image";
import { loadBitswap } from "#net";
import type { PeerStreams } from "#net";

/** Serves every block and DAG in the blockstore until disposed. Resolves when peers can ask. */
export async function shareBlocks(
  streams: PeerStreams,
  blockstore: ReadableBlockstore,
): Promise<AsyncDisposable> {
  const blocks = createBlockSource(blockstore);
  await using stack = new AsyncDisposableStack();
  const bitswap = stack.use(await loadBitswap(streams));
  const serving = await bitswap.share({
    readDag: async (root, options) =>
      (await blockstore.has(root)) ? encodeCar(root, blocks, options) : undefined,
    readBlock: async (cid, options) =>
      (await blockstore.has(cid)) ? blocks.get(cid, options) : undefined,
    hasBlock: async (cid) => blockstore.has(cid),
  });
  stack.use(serving);
  return stack.move();
}

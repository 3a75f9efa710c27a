/** Gives the blocks of a node's images to its peers. */
import { createBlockSource, encodeCar } from "#image";
import type { ReadableBlockstore } from "#image";
import { serveBlocks } from "#net";
import type { PeerStreams } from "#net";

/** Gives all that is in the blockstore, by its CID, until it is disposed. Resolves when peers can ask. */
export function shareBlocks(
  streams: PeerStreams,
  blockstore: ReadableBlockstore,
): Promise<AsyncDisposable> {
  const blocks = createBlockSource(blockstore);
  return serveBlocks(
    (protocol, take) =>
      streams.listen(protocol, (duplex, peer) => take(duplex, peer.toMultihash().bytes)),
    {
      readDag: async (root, options) =>
        (await blockstore.has(root)) ? encodeCar(root, blocks, options) : undefined,
      readBlock: async (cid, options) =>
        (await blockstore.has(cid)) ? blocks.get(cid, options) : undefined,
    },
  );
}

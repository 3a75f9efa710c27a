/** Loads bitswap, which a tab needs once it shares an image, or wants a single block from a peer. */
import { decodePeerId, encodePeerId } from "./address.ts";
import type { Bitswap } from "./bitswap.ts";
import type { PeerStreams } from "./peer-streams.ts";

/** @param streams the streams of a node, which can have bitswap only once. @see openBitswap */
export async function loadBitswap(streams: PeerStreams): Promise<Bitswap> {
  const { openBitswap } = await import("./bitswap.ts");
  return openBitswap({
    dial: async (peerId, ...rest) => streams.dial(decodePeerId(peerId), ...rest),
    listen: (protocol, take) =>
      streams.listen(protocol, (duplex, peerId) => take(duplex, encodePeerId(peerId).bytes)),
  });
}

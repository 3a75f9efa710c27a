/** Counts the connections of each peer to one service, so that no peer can take all of them. */

export interface PeerCounts {
  /** @returns a function to call when the connection ends; `undefined` when there is no room for one more */
  enter(peerId: Uint8Array): (() => void) | undefined;
}

const PEER_LIMIT = 8;

/** @param limit of all peers together @param peerLimit of each peer */
export function createPeerCounts(limit: number, peerLimit: number = PEER_LIMIT): PeerCounts {
  const counts = new Map<string, number>();
  let all = 0;
  return {
    enter(peerId) {
      const peer = peerId.join();
      const count = counts.get(peer) ?? 0;
      if (count >= peerLimit || all >= limit) return undefined;
      counts.set(peer, count + 1);
      all++;
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        all--;
        const left = (counts.get(peer) ?? 1) - 1;
        if (left === 0) counts.delete(peer);
        else counts.set(peer, left);
      };
    },
  };
}

/** Loads the libp2p parts of nodes outside the tab; the room's door itself loads no libp2p. */
export type PeerParts = typeof import("./peer-parts.ts");

export async function loadPeerParts(): Promise<PeerParts> {
  return import("./peer-parts.ts");
}

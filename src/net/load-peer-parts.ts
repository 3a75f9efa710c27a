/** Loads what libp2p nodes beside the tab's are made of; the door itself loads no libp2p. */
export type PeerParts = typeof import("./peer-parts.ts");

export async function loadPeerParts(): Promise<PeerParts> {
  return import("./peer-parts.ts");
}

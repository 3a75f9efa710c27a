/** Loads the services that only relays need. */
import type { MeshServer } from "./mesh-server.ts";

/** Services for the libp2p of one relay: `services: { …, ...(await loadMeshServer()) }`. */
export async function loadMeshServer(): Promise<MeshServer> {
  return (await import("./mesh-server.ts")).createMeshServer();
}

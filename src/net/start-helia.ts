/** Helia, for blocks that are fetched one by one; loaded with the first of them. */
import { createHeliaLight } from "helia";
import type { Helia } from "helia";
import { createBroker } from "./broker.ts";
import { refusingDns } from "./dns.ts";
import { HeliaStore, loadHasher } from "./helia-store.ts";
import type { KeptBlocks } from "./kept-blocks.ts";
import type { Provider } from "./provider.ts";

/** It knows nobody but the providers; whoever has started it stops it. */
export async function startHelia(
  kept: KeptBlocks,
  providers: () => readonly Provider[],
): Promise<Helia> {
  return createHeliaLight({
    blockstore: new HeliaStore(kept),
    blockBrokers: [createBroker(providers)],
    routers: [],
    dns: refusingDns,
    loadHasher,
  }).start();
}

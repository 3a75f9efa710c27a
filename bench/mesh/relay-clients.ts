/** Clients of a relay, as many as the parent process asks for: each has a place there, and does nothing. */
import { MemoryDatastore } from "datastore-core";
import { startNode } from "#net";

const relays = [process.argv[2] ?? ""];

async function addClient(): Promise<void> {
  const node = await startNode({ datastore: new MemoryDatastore(), relays });
  const signal = AbortSignal.timeout(60_000);
  while (node.addrs().length === 0) await node.changed({ signal });
}

process.on("message", (count) => {
  void (async () => {
    await Promise.all(Array.from({ length: Number(count) }, addClient));
    process.send?.("added");
  })();
});

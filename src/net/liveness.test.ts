import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { expect, test, vi } from "vitest";
import { openLine } from "./line.testing.ts";
import { startNode } from "./node.ts";
import { openPair } from "./pair.testing.ts";

vi.setConfig({ testTimeout: 60_000 });

test("a peer that says nothing any more, not even goodbye, is told to be gone", async () => {
  await using pair = await openPair();
  const [address] = pair.server.addrs();
  const relay = multiaddr(address?.bytes ?? new Uint8Array(0))
    .toString()
    .replace(/\/p2p-circuit.*/, "");
  const port = Number(/\/tcp\/(\d+)/.exec(relay)?.[1]);
  await using line = await openLine(port);
  const relays = [relay.replace(`/tcp/${port}/`, `/tcp/${line.port}/`)];
  await using node = await startNode({
    datastore: new MemoryDatastore(),
    relays,
    redialMs: 60_000,
  });
  const signal = AbortSignal.timeout(40_000);
  while (node.peers().length === 0) await node.changed({ signal });
  line.cut();
  // Two intervals: what is alive stays connected.
  while (node.peers().length > 0) await node.changed({ signal });
  expect(pair.client.peers().length).toBeGreaterThan(0);
});

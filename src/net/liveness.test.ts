import { createServer, connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { expect, test, vi } from "vitest";
import { startNode } from "./node.ts";
import { openPair } from "./pair.testing.ts";

vi.setConfig({ testTimeout: 60_000 });

interface Line extends AsyncDisposable {
  readonly port: number;
  /** From now on nothing passes, and nobody is told. */
  cut(): void;
}

/** Passes bytes on to a port of this computer. */
async function openLine(to: number): Promise<Line> {
  const sockets: Socket[] = [];
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    sockets.push(near, far);
    near.on("data", (bytes) => isCut || far.write(bytes));
    far.on("data", (bytes) => isCut || near.write(bytes));
    for (const socket of [near, far]) socket.on("error", () => socket.destroy());
    near.on("close", () => isCut || far.destroy());
    far.on("close", () => isCut || near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => void (isCut = true),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

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

import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { startNode } from "#net";
import { RELAY_V2_HOP_CODEC } from "@libp2p/circuit-relay-v2";
import { generateKeyPair } from "@libp2p/crypto/keys";
import type { Connection as PeerConnection } from "@libp2p/interface";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { createLibp2p } from "libp2p";
import { expect, test, vi } from "vitest";
import {
  addressOf,
  countOf,
  startNative,
  startTab,
  toBytes,
  until,
  WEB_SOCKET,
} from "./native-node.testing.ts";
import { toParts } from "./parts.ts";

vi.setConfig({ testTimeout: 30_000 });

interface Network extends AsyncDisposable {
  readonly port: number;
  /** From now on, silently drops everything. */
  freeze(): void;
}

/** A network between a tab and a port of this computer. */
async function startNetwork(to: number): Promise<Network> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.pipe(other, { end: false });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => sockets.forEach((socket) => socket.unpipe().pause()),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("probeOlder() lets others reach a peer by its new connection, when the old one is dead", async () => {
  await using node = await startNative({ listen: [WEB_SOCKET] });
  const address = addressOf(node, "ws");
  const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1]);
  await using network = await startNetwork(port);
  // A visitor whose network changes.
  const datastore = new MemoryDatastore();
  const through = address.replace(`/tcp/${port}/`, `/tcp/${network.port}/`);
  await using before = await startNode({ datastore, relays: [through] });
  await until(before, () => before.addrs().length > 0);
  network.freeze();
  await using after = await startNode({ datastore, relays: [address] });
  await until(after, () => after.addrs().length > 0);
  // The dead connection ends before libp2p's own round of pings, which happens every ten seconds.
  const inbound = (): number => countOf(node, 'ww_connections{direction="inbound"}');
  expect(inbound()).toBe(2);
  await expect.poll(inbound, { timeout: 6_000 }).toBe(1);
  await using caller = await startTab([address]);
  const circuit = `${address}/p2p-circuit/p2p/${after.peerId.text}`;
  await caller.connect(after.peerId.bytes, toBytes([circuit]));
  expect(caller.peers().map(({ peerId }) => peerId.text)).toContain(after.peerId.text);
});

test("probeOlder() leaves connections alone that live, also of peers that know no ping", async () => {
  await using node = await startNative({ listen: [WEB_SOCKET] });
  const address = multiaddr(addressOf(node, "ws"));
  const privateKey = await generateKeyPair("Ed25519");
  await using stack = new AsyncDisposableStack();
  const connections: PeerConnection[] = [];
  for (let count = 0; count < 3; count++) {
    const peer = await createLibp2p({ ...toParts(), privateKey, transports: [webSockets()] });
    stack.defer(async () => peer.stop());
    connections.push(await peer.dial(address));
  }
  // After these round trips, the node's probes have been sent and answered as well.
  for (const connection of [...connections, ...connections]) {
    await (await connection.newStream(RELAY_V2_HOP_CODEC)).close();
  }
  expect(connections.map(({ status }) => status)).toEqual(["open", "open", "open"]);
  expect(countOf(node, 'ww_connections{direction="inbound"}')).toBe(3);
});

import { once } from "node:events";
import { createLineLogger, encodeText, readAll } from "#base";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import { peerIdFromString } from "@libp2p/peer-id";
import { tcp } from "@libp2p/tcp";
import { createLibp2p } from "libp2p";
import { expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import {
  addressOf,
  countOf,
  peerOf,
  startNative,
  startTab,
  TCP,
  toBytes,
  until,
  WEB_SOCKET,
} from "./native-node.testing.ts";

import { toParts } from "./parts.ts";

vi.setConfig({ testTimeout: 30_000 });

const PROTOCOL = "/ww/0.1.0/stream/test";
const idOf = (address: string): Uint8Array => peerIdFromString(peerOf(address)).toMultihash().bytes;
const portOf = (address: string): string => /\/tcp\/(\d+)/.exec(address)?.[1] ?? "";

test("startNativeNode() answers no pages of other sites behind the local server", async () => {
  await using node = await startNative();
  const url = `ws://127.0.0.1:${node.port}`;
  for (const headers of [{ origin: "https://example.com" }, { host: "example.com" }]) {
    const foreign = new WebSocket(url, { headers });
    const [failure] = (await once(foreign, "error")) as [Error];
    expect(failure.message).toBe("Unexpected server response: 400");
  }
  for (const headers of [{}, { origin: "http://localhost:2000" }]) {
    const own = new WebSocket(url, { headers });
    await once(own, "open");
    own.close();
  }
});

test("startNativeNode() answers all pages where its owner lets it listen", async () => {
  await using node = await startNative({ listen: [WEB_SOCKET] });
  const url = `ws://127.0.0.1:${portOf(addressOf(node, "ws"))}`;
  const page = new WebSocket(url, { headers: { origin: "https://example.com" } });
  await once(page, "open");
  page.close();
});

test("startNativeNode() tells peers what it listens on, or else what its owner says", async () => {
  await using plain = await startNative({ listen: [TCP, WEB_SOCKET] });
  const told = plain.addresses().map((address) => address.replace(/\/p2p\/.*$/, ""));
  expect(told).toHaveLength(3);
  expect(told).toContain("/ip4/127.0.0.1/tcp/1/ws");
  // The address that the local server forwards to is not announced.
  expect(told.join()).not.toContain(String(plain.port));
  const announce = ["/dns4/node.example/tcp/443/tls/ws"];
  await using proxied = await startNative({ listen: [TCP, WEB_SOCKET], announce });
  expect(proxied.addresses()).toEqual([`${announce[0]}/p2p/${peerOf(proxied.address)}`]);
});

test("startNativeNode() says on which address it cannot listen, and leaves the others", async () => {
  await using first = await startNative({ listen: [TCP] });
  const taken = `/ip4/127.0.0.1/tcp/${portOf(addressOf(first, "tcp"))}`;
  await expect(startNative({ listen: [WEB_SOCKET, taken] })).rejects.toThrow(
    new RegExp(`^Cannot listen on "${taken}": listen EADDRINUSE: [^\\n]*$`),
  );
});

test("startNativeNode() keeps connected to its peers, also over their restarts", async () => {
  const privateKey = await generateKeyPair("Ed25519");
  const first = await startNative({ privateKey, listen: [TCP] });
  const address = addressOf(first, "tcp");
  await using other = await startNative({ peers: [address] });
  await expect.poll(() => countOf(first, "ww_peers")).toBe(1);
  // Each can be reached through the other.
  await expect.poll(() => countOf(first, "ww_reservations")).toBe(1);
  await expect.poll(() => countOf(other, "ww_reservations")).toBe(1);
  await first[Symbol.asyncDispose]();
  await expect.poll(() => countOf(other, "ww_peers")).toBe(0);
  expect(countOf(other, "ww_reservations")).toBe(0);
  const listen = [address.replace(/\/p2p\/.*$/, "")];
  await using second = await startNative({ privateKey, listen });
  await expect.poll(() => countOf(second, "ww_reservations"), { timeout: 10_000 }).toBe(1);
  expect(addressOf(second, "tcp")).toBe(address);
});

test("startNativeNode() keeps connected to a peer that is no relay", async () => {
  const peer = await createLibp2p({
    ...toParts(),
    addresses: { listen: [TCP] },
    transports: [tcp()],
    services: { identify: identify() },
  });
  try {
    const warned: string[] = [];
    const logger = createLineLogger("warn", (line) => warned.push(line));
    const peers = [String(peer.getMultiaddrs()[0])];
    await using node = await startNative({ peers, listen: [WEB_SOCKET], redialMs: 1, logger });
    await expect.poll(() => countOf(node, "ww_peers")).toBe(1);
    // Takes longer than the node's patience with an unreachable peer.
    for (let round = 0; round < 3; round++) {
      await using tab = await startTab([addressOf(node, "ws")]);
      await until(tab, () => tab.addrs().length > 0);
    }
    expect(peer.getConnections()).toHaveLength(1);
    expect(warned).toEqual([]);
  } finally {
    await peer.stop();
  }
});

test("startNativeNode() lets tabs reach a node that listens on TCP alone, by its relay", async () => {
  await using tcpOnly = await startNative({ listen: [TCP] });
  const { promise: seen, resolve } = Promise.withResolvers<string>();
  await using serving = await tcpOnly.streams.listen(PROTOCOL, (duplex, peer) => {
    resolve(peer.toString());
    void duplex.sink.write(encodeText("by TCP")).then(() => duplex.sink.close());
  });
  // The node knows its peer's address, but the peer does not know the node's.
  await using relay = await startNative({
    peers: [addressOf(tcpOnly, "tcp")],
    listen: [WEB_SOCKET],
  });
  await expect.poll(() => countOf(relay, "ww_reservations")).toBe(1);
  const through = addressOf(relay, "ws");
  await using tab = await startTab([through]);
  const target = idOf(tcpOnly.address);
  const addresses = toBytes([`${through}/p2p-circuit/p2p/${peerOf(tcpOnly.address)}`]);
  await tab.connect(target, addresses, { foreign: true });
  using duplex = await tab.dialStream(target, PROTOCOL);
  expect(await readAll(duplex.source, 100)).toEqual(encodeText("by TCP"));
  expect(await seen).toBe(tab.peerId.text);
  expect(countOf(relay, "ww_relayed_connections")).toBe(1);
  expect(serving).toBeDefined();
});

test("startNativeNode() takes no more streams of one connection than it may have", async () => {
  const limits = { streamsOfConnection: 8 };
  await using node = await startNative({ listen: [WEB_SOCKET], limits });
  let taken = 0;
  await using serving = await node.streams.listen(PROTOCOL, () => void taken++);
  const address = addressOf(node, "ws");
  await using tab = await startTab();
  await tab.connect(idOf(address), toBytes([address]));
  const opening = Array.from({ length: 30 }, () => tab.dialStream(idOf(address), PROTOCOL));
  await Promise.allSettled(opening);
  expect(taken).toBeLessThanOrEqual(limits.streamsOfConnection);
  // The streams that were accepted stay open: another peer has its own limit.
  await using other = await startTab();
  await other.connect(idOf(address), toBytes([address]));
  const before = taken;
  using duplex = await other.dialStream(idOf(address), PROTOCOL);
  await expect.poll(() => taken).toBe(before + 1);
  expect([serving, duplex]).toHaveLength(2);
});

test("startNativeNode() frees a tab's reservation when the tab has gone", async () => {
  await using node = await startNative({ listen: [WEB_SOCKET] });
  {
    await using tab = await startTab([addressOf(node, "ws")]);
    await until(tab, () => tab.addrs().length > 0);
    expect(countOf(node, "ww_reservations")).toBe(1);
    expect(countOf(node, 'ww_bytes_total{direction="received"}')).toBeGreaterThan(100);
    expect(countOf(node, 'ww_bytes_total{direction="sent"}')).toBeGreaterThan(100);
  }
  await expect.poll(() => countOf(node, "ww_reservations")).toBe(0);
  expect(countOf(node, "ww_peers")).toBe(0);
});

test("dispose says goodbye to all peers, and frees the ports", async () => {
  const node = await startNative({ listen: [WEB_SOCKET] });
  const address = addressOf(node, "ws");
  await using tab = await startTab([address]);
  await until(tab, () => tab.addrs().length > 0);
  await node[Symbol.asyncDispose]();
  await until(tab, () => tab.peers().length === 0 && tab.addrs().length === 0);
  await using next = await startNative({ listen: [address.replace(/\/p2p\/.*$/, "")] });
  expect(portOf(addressOf(next, "ws"))).toBe(portOf(address));
});

import { Exception } from "#base";
import { circuitRelayServer } from "@libp2p/circuit-relay-v2";
import { identify } from "@libp2p/identify";
import type { PrivateKey } from "@libp2p/interface";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { createLibp2p } from "libp2p";
import { expect, test, vi } from "vitest";
import { startNode } from "./node.ts";
import type { NetNode } from "./node.ts";

vi.setConfig({ testTimeout: 30_000 });

interface TestRelay extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
}

async function startRelay(privateKey?: PrivateKey, port = 0): Promise<TestRelay> {
  const node = await createLibp2p({
    ...(privateKey && { privateKey }),
    addresses: { listen: [`/ip4/127.0.0.1/tcp/${port}/ws`] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({ reservations: { applyDefaultLimit: false } }),
    },
  });
  const address = String(node.getMultiaddrs()[0]);
  return {
    address,
    port: Number(/tcp\/(\d+)/.exec(address)?.[1]),
    [Symbol.asyncDispose]: async () => node.stop(),
  };
}

function start(relays: string[], datastore = new MemoryDatastore()): Promise<NetNode> {
  return startNode({ datastore, relays, redialMs: 50 });
}

async function until(node: NetNode, holds: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  while (!holds()) await node.changed({ signal });
}

const names = (node: NetNode): string[] => node.peers().map(({ peerId }) => peerId.text);

async function failureOf(promise: Promise<void>): Promise<string> {
  const reason: unknown = await promise.catch((reason: unknown) => reason);
  expect(reason).toBeInstanceOf(Exception);
  return (reason as Exception).message;
}

const addrBytes = (node: NetNode): Uint8Array[] => node.addrs().map(({ bytes }) => bytes);

test("startNode() keeps its identity in the datastore", async () => {
  const datastore = new MemoryDatastore();
  const names: string[] = [];
  for (let run = 0; run < 2; run++) {
    await using node = await start([], datastore);
    names.push(node.peerId.text);
    expect(node.addrs()).toEqual([]);
    expect(node.peers()).toEqual([]);
  }
  expect(names[0]).toMatch(/^12D3KooW/);
  expect(names[1]).toBe(names[0]);
  await using other = await start([]);
  expect(other.peerId.text).not.toBe(names[0]);
});

test("startNode() is reachable through its relay, and says so", async () => {
  await using relay = await startRelay();
  await using node = await start([relay.address]);
  await until(node, () => node.addrs().length > 0);
  expect(node.addrs().map(({ text }) => text)).toEqual([`${relay.address}/p2p-circuit`]);
  expect(node.peers().map(({ peerId }) => peerId.text)).toEqual([relay.address.split("/").at(-1)]);
  expect(node.peers()[0]?.addrs[0]?.text).toBe(`/ip4/127.0.0.1/tcp/${relay.port}/ws`);
});

test("startNode() is reachable through all of its relays", async () => {
  await using first = await startRelay();
  await using second = await startRelay();
  await using third = await startRelay();
  const relays = [first, second, third].map(({ address }) => address);
  await using node = await start(relays);
  await until(node, () => node.addrs().length === 3);
  const addrs = node.addrs().map(({ text }) => text);
  expect(addrs.toSorted()).toEqual(relays.map((relay) => `${relay}/p2p-circuit`).toSorted());
});

test("connect() reaches another node through the relay, and both see each other", async () => {
  await using relay = await startRelay();
  await using callee = await start([relay.address]);
  await using caller = await start([]);
  await until(callee, () => callee.addrs().length > 0);
  const unreadable = Uint8Array.of(255, 255, 255);
  await caller.connect(callee.peerId.bytes, [unreadable, ...addrBytes(callee)]);
  expect(names(caller)).toContain(callee.peerId.text);
  await until(callee, () => names(callee).includes(caller.peerId.text));
  await caller.connect(callee.peerId.bytes, []);
});

test("connect() says what is wrong, in the words of the contract", async () => {
  await using node = await start([]);
  await using other = await start([]);
  expect(await failureOf(node.connect(Uint8Array.of(1, 2, 3), []))).toMatch(/^invalid peer ID: ./);
  expect(await failureOf(node.connect(new Uint8Array(0), []))).toMatch(/^invalid peer ID: ./);
  const dead = multiaddr("/ip4/127.0.0.1/tcp/9/ws").bytes;
  expect(await failureOf(node.connect(other.peerId.bytes, [dead]))).toMatch(/^connect failed: ./);
  expect(await failureOf(node.connect(other.peerId.bytes, []))).toMatch(/^connect failed: ./);
});

test("connect() dials an address that a cell names only where it leads through a relay of the node", async () => {
  await using relay = await startRelay();
  await using other = await startRelay();
  await using callee = await start([relay.address]);
  await using known = await start([relay.address]);
  await using stranger = await start([other.address]);
  await until(callee, () => callee.addrs().length > 0);
  await until(known, () => known.addrs().length > 0);
  await until(stranger, () => stranger.addrs().length > 0);
  const options = { foreign: true };
  await known.connect(callee.peerId.bytes, addrBytes(callee), options);
  expect(names(known)).toContain(callee.peerId.text);
  const dial = stranger.connect(callee.peerId.bytes, addrBytes(callee), options);
  expect(await failureOf(dial)).toMatch(/^connect failed: ./);
  const relayId = known.peers().find(({ peerId: { text } }) => relay.address.endsWith(text));
  const direct = stranger.connect(relayId!.peerId.bytes, [multiaddr(relay.address).bytes], options);
  expect(await failureOf(direct)).toMatch(/^connect failed: ./);
  // No peer was dialled.
  expect(names(stranger)).toEqual([other.address.split("/").at(-1)]);
});

test("startNode() has no more peers than its limit, besides its relays", async () => {
  await using relay = await startRelay();
  const relays = [relay.address];
  const options = { relays, redialMs: 50, peerLimit: 1 };
  await using node = await startNode({ datastore: new MemoryDatastore(), ...options });
  await using first = await start(relays);
  await using second = await start(relays);
  for (const each of [node, first, second]) await until(each, () => each.addrs().length > 0);
  await first.connect(node.peerId.bytes, addrBytes(node));
  await until(node, () => names(node).includes(first.peerId.text));

  // The node learns of it a moment later.
  await second.connect(node.peerId.bytes, addrBytes(node)).catch(() => undefined);
  await until(second, () => !names(second).includes(node.peerId.text));
  const full = "connect failed: 1 peers are connected";
  expect(await failureOf(node.connect(second.peerId.bytes, addrBytes(second)))).toBe(full);
  expect(names(node)).toContain(first.peerId.text);
  expect(names(node)).not.toContain(second.peerId.text);
  // A peer that is already connected does not count again.
  await node.connect(first.peerId.bytes, addrBytes(first));
  await first[Symbol.asyncDispose]();
  await until(node, () => !names(node).includes(first.peerId.text));
  await node.connect(second.peerId.bytes, addrBytes(second));
});

test("connect() does not take another peer's address for this one's", async () => {
  await using relay = await startRelay();
  await using node = await start([]);
  await using other = await start([]);
  const address = multiaddr(relay.address).bytes;
  await expect(node.connect(other.peerId.bytes, [address])).rejects.toThrow(/^connect failed: /);
  expect(node.peers()).toEqual([]);
});

test(
  "startNode() goes on without its relay, and comes back with it",
  { timeout: 20_000 },
  async () => {
    const key = await generateKeyPair("Ed25519");
    const first = await startRelay(key);
    await using node = await start([first.address]);
    await until(node, () => node.addrs().length > 0);
    await first[Symbol.asyncDispose]();
    await until(node, () => node.addrs().length === 0 && node.peers().length === 0);
    await using second = await startRelay(key, first.port);
    expect(second.address).toBe(first.address);
    await until(node, () => node.addrs().length > 0);
  },
);

for (const where of ["at the same port", "elsewhere"]) {
  test(`startNode() asks for its relays again when another one is ${where}`, async () => {
    const first = await startRelay();
    let relays = [first.address];
    let failures = 3;
    await using node = await startNode({
      datastore: new MemoryDatastore(),
      relays,
      redialMs: 50,
      reloadRelays: async () => {
        if (failures-- > 0) throw new Error("whoever tells is down as well");
        return relays;
      },
    });
    await until(node, () => node.addrs().length > 0);
    await first[Symbol.asyncDispose]();
    await using second = await startRelay(undefined, where === "elsewhere" ? 0 : first.port);
    relays = [second.address];
    expect(second.address).not.toBe(first.address);
    await until(node, () => node.addrs().some(({ text }) => text.startsWith(second.address)));
    expect(node.addrs().map(({ text }) => text)).toEqual([`${second.address}/p2p-circuit`]);
  });
}

test("startNode() asks nobody while its relay is restarted", async () => {
  const key = await generateKeyPair("Ed25519");
  const first = await startRelay(key);
  let asked = 0;
  await using node = await startNode({
    datastore: new MemoryDatastore(),
    relays: [first.address],
    reloadRelays: async () => {
      asked++;
      return [first.address];
    },
  });
  await until(node, () => node.addrs().length > 0);
  await first[Symbol.asyncDispose]();
  await until(node, () => node.addrs().length === 0 && node.peers().length === 0);
  await using second = await startRelay(key, first.port);
  await until(node, () => node.addrs().length > 0);
  expect(second.address).toBe(first.address);
  expect(asked).toBe(0);
});

test("startNode() starts while its relay is down", async () => {
  const { privateKey, address, port } = await (async () => {
    const privateKey = await generateKeyPair("Ed25519");
    await using relay = await startRelay(privateKey);
    return { privateKey, address: relay.address, port: relay.port };
  })();
  await using node = await start([address]);
  expect(node.addrs()).toEqual([]);
  await using again = await startRelay(privateKey, port);
  await until(node, () => node.addrs().length > 0);
  expect(again.address).toBe(address);
});

test("dispose ends a node once, also while it looks for its relay", async () => {
  const node = await start([
    "/ip4/127.0.0.1/tcp/9/ws/p2p/12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5",
  ]);
  await Promise.all([node[Symbol.asyncDispose](), node[Symbol.asyncDispose]()]);
  await node.closed;
  await expect(start(["nonsense"])).rejects.toThrow('Not the address of a relay: "nonsense"');
});

/** Nodes behind one relay find each other, content and names. */
import { Exception, hashBytes } from "#base";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { gossipsub } from "@libp2p/gossipsub";
import { identify } from "@libp2p/identify";
import { noise } from "@libp2p/noise";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { createLibp2p } from "libp2p";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { expect, test, vi } from "vitest";
import { DISCOVERY_KEY, LAN_DHT, MESH_DHT } from "./dht-protocols.ts";
import { createRecord, toNameKey } from "./name-record.ts";
import { createMemoryNames } from "./name-store.ts";
import { createNames } from "./names.ts";
import { startNode } from "./node.ts";
import type { NetNode, NodeOptions } from "./node.ts";
import { startRelay } from "./relay.testing.ts";
import type { TestRelay } from "./relay.testing.ts";
import { encodePlace, TABS_TOPIC } from "./tabs-topic.ts";

vi.setConfig({ testTimeout: 30_000 });

const ONE = CID.parse("bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
const TWO = CID.parse("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi");

/** A node that has a reservation at each of the relays. */
async function start(
  relays: readonly TestRelay[],
  options: Partial<NodeOptions> = {},
): Promise<NetNode> {
  const addresses = relays.map(({ address }) => address);
  const node = await startNode({
    datastore: new MemoryDatastore(),
    relays: addresses,
    redialMs: 50,
    ...options,
  });
  await until(node, () => node.addrs().length >= relays.length);
  return node;
}

async function until(node: NetNode, holds: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  while (!holds()) await node.changed({ signal });
}

const names = (node: NetNode): string[] => node.peers().map(({ peerId }) => peerId.text);

async function findAll(node: NetNode, cid: CID, limit = 10): Promise<string[]> {
  const found = await Array.fromAsync(node.findProviders(cid, limit));
  return found.map(({ peerId }) => peerId.text);
}

test("provide() is what findProviders() finds, with addresses that lead there", async () => {
  await using relay = await startRelay();
  await using provider = await start([relay]);
  await using other = await start([relay]);
  await using seeker = await start([relay]);
  expect(await findAll(seeker, ONE)).toEqual([]);
  await provider.provide(ONE);
  const [found, ...more] = await Array.fromAsync(seeker.findProviders(ONE, 10));
  expect(more).toEqual([]);
  expect(found?.peerId.text).toBe(provider.peerId.text);
  expect(found?.addrs.map(({ text }) => text)).toContain(`${relay.address}/p2p-circuit`);
  await other.provide(ONE);
  expect((await findAll(seeker, ONE)).toSorted()).toEqual(
    [provider.peerId.text, other.peerId.text].toSorted(),
  );
  expect(await findAll(seeker, ONE, 1)).toHaveLength(1);
  expect(await findAll(seeker, ONE, 0)).toEqual([]);
  // The node need not be told of its own record.
  expect(await findAll(other, ONE)).toEqual([provider.peerId.text]);
  expect(await findAll(seeker, TWO)).toEqual([]);
});

test("dialStream() finds a peer that is not connected, behind its own relays only", async () => {
  await using relay = await startRelay();
  await using far = await startRelay();
  await using callee = await start([relay]);
  await using caller = await start([relay]);
  const { promise: taken, resolve } = Promise.withResolvers<Uint8Array>();
  await using serving = await callee.serveStreams("/ww/0.1.0/stream/x", (_, id) => resolve(id));
  expect(serving).toBeDefined();
  expect(names(caller)).not.toContain(callee.peerId.text);
  await caller.dialStream(callee.peerId.bytes, "/ww/0.1.0/stream/x");
  expect(await taken).toEqual(caller.peerId.bytes);
  expect(names(caller)).toContain(callee.peerId.text);

  await using stranger = await start([far]);
  const reason = await stranger
    .dialStream(callee.peerId.bytes, "/ww/0.1.0/stream/x")
    .catch((reason: unknown) => reason);
  expect(reason).toMatchObject({
    kind: "disconnected",
    message: "The peer cannot be reached: it is at no address that may be dialled",
  });
});

test("connect() looks for a peer that it is given no address of", async () => {
  await using relay = await startRelay();
  await using callee = await start([relay]);
  await using caller = await start([relay]);
  await caller.connect(callee.peerId.bytes, [], { foreign: true });
  expect(names(caller)).toContain(callee.peerId.text);
});

test("dialStream() dials no address that the table names beside its relays", async () => {
  await using relay = await startRelay();
  await using elsewhere = await startRelay();
  await using caller = await start([relay]);
  // A peer that claims an address in the visitor's network.
  await using liar = await start([relay]);
  const dialled: string[] = [];
  elsewhere.libp2p.addEventListener("connection:open", ({ detail }) => {
    dialled.push(detail.remotePeer.toString());
  });
  const id = elsewhere.libp2p.peerId;
  await relay.libp2p.peerStore.merge(id, { multiaddrs: elsewhere.libp2p.getMultiaddrs() });
  await liar.provide(ONE);
  const dial = caller.dialStream(id.toMultihash().bytes, "/ww/0.1.0/stream/x");
  await expect(dial).rejects.toMatchObject({ kind: "disconnected" });
  expect(dialled).toEqual([]);
});

test("a question ends after its time, with its signal, and with the node", async () => {
  // A relay without a table.
  await using relay = await startRelay({ isMesh: false });
  await using node = await start([relay], { questionMs: 200 });
  await expect(node.provide(ONE)).rejects.toMatchObject({
    kind: "disconnected",
    message: `Cannot provide "${ONE.toString()}": no peer was found that accepts it`,
  });
  expect(await findAll(node, ONE)).toEqual([]);
  expect(await node.findPeer(relay.libp2p.peerId.toMultihash().bytes)).toEqual([]);
  const patient = await start([relay]);
  const stop = new AbortController();
  const stopped = patient.provide(ONE, { signal: stop.signal });
  const ended = patient.provide(TWO);
  stop.abort(new Error("left"));
  await expect(stopped).rejects.toThrow("left");
  const after = expect(ended).rejects.toBeInstanceOf(Exception);
  await patient[Symbol.asyncDispose]();
  await after;
  await expect(patient.provide(ONE)).rejects.toThrow("The node has stopped");
});

test("findPeer() of a node that has just started waits for its first relay", async () => {
  await using relay = await startRelay();
  await using known = await start([relay]);
  await known.provide(ONE);
  await using node = await startNode({
    datastore: new MemoryDatastore(),
    relays: [relay.address],
  });
  expect(node.peers()).toEqual([]);
  const addrs = await node.findPeer(known.peerId.bytes);
  expect(addrs.map(({ text }) => text)).toContain(`${relay.address}/p2p-circuit`);
});

test("provide() says so while peers cannot reach the node", async () => {
  await using node = await startNode({ datastore: new MemoryDatastore(), relays: [] });
  await expect(node.provide(ONE)).rejects.toThrow("peers cannot reach this node yet");
});

test("discover() finds the other tabs of a relay, and dials none", async () => {
  await using relay = await startRelay();
  await using first = await start([relay]);
  await using second = await start([relay]);
  await using silent = await start([relay]);
  expect(first.tabs()).toEqual([]);
  await Promise.all([first.discover(), second.discover()]);
  await until(first, () => first.tabs().length > 0);
  await until(second, () => second.tabs().length > 0);
  expect(first.tabs().map(({ peerId }) => peerId.text)).toEqual([second.peerId.text]);
  expect(second.tabs()[0]?.addrs.map(({ text }) => text)).toEqual([`${relay.address}/p2p-circuit`]);
  // A later tab hears of the earlier ones.
  await using later = await start([relay]);
  await later.discover();
  await until(later, () => later.tabs().length === 2);
  expect(silent.tabs()).toEqual([]);
  // Nobody was dialled.
  expect(names(first)).toEqual([relay.libp2p.peerId.toString()]);
});

test("discover() takes no address that may not be dialled, and no message that is none", async () => {
  await using relay = await startRelay();
  await using far = await startRelay();
  await using node = await start([relay]);
  await using both = await start([relay, far]);
  await node.discover();
  // A peer that publishes arbitrary messages.
  await using stack = new AsyncDisposableStack();
  const liar = await createLibp2p({
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), gossip: gossipsub({ allowPublishToZeroTopicPeers: true }) },
  });
  stack.defer(async () => liar.stop());
  await liar.dial(multiaddr(relay.address));
  const { gossip } = liar.services;
  await expect.poll(() => gossip.getSubscribers(TABS_TOPIC).length).toBe(1);
  const say = (data: string): Promise<unknown> =>
    gossip.publish(TABS_TOPIC, new TextEncoder().encode(data));
  const circuit = `${relay.address}/p2p-circuit/p2p`;
  const own = `${circuit}/${liar.peerId.toString()}`;
  for (const data of [
    "garbage",
    "{}",
    JSON.stringify({ addrs: ["not an address"] }),
    JSON.stringify({ addrs: Array.from({ length: 9 }, () => own) }),
    JSON.stringify({ addrs: [own], more: "x".repeat(3000) }),
    // Addresses of other peers, and one that is not behind a relay of the other tabs.
    JSON.stringify({ addrs: [`${circuit}/${both.peerId.text}`, "/ip4/127.0.0.1/tcp/9/ws"] }),
  ]) {
    await say(data);
  }
  await both.discover();
  await until(node, () => node.tabs().length > 0);
  expect(node.tabs().map(({ peerId }) => peerId.text)).toEqual([both.peerId.text]);
  // This node does not use the other relay.
  expect(node.tabs()[0]?.addrs.map(({ text }) => text)).toEqual([`${relay.address}/p2p-circuit`]);
});

test("the validator lets a tab say where it is twice within five heartbeats", async () => {
  await using relay = await startRelay();
  await using node = await start([relay]);
  const validate = relay.gossip.topicValidators.get(TABS_TOPIC);
  const key = await generateKeyPair("Ed25519");
  const from = peerIdFromPrivateKey(key);
  const message = {
    type: "signed" as const,
    from,
    topic: TABS_TOPIC,
    data: encodePlace([multiaddr(relay.address)]),
    sequenceNumber: 1n,
    signature: new Uint8Array(0),
    key: key.publicKey,
  };
  const answers = [1, 2, 3].map(() => validate?.(from, message));
  expect(answers).toEqual(["accept", "accept", "ignore"]);
  expect(validate?.(from, { ...message, type: "unsigned" })).toBe("reject");
  expect(validate?.(from, { ...message, data: new Uint8Array(2049) })).toBe("reject");
  await expect.poll(() => validate?.(from, message), { timeout: 10_000 }).toBe("accept");
  expect(node.tabs()).toEqual([]);
});

test("the hash table keeps records of names that are valid, and tells who follows them", async () => {
  await using relay = await startRelay();
  await using publisher = await start([relay]);
  await using reader = await start([relay]);
  const key = await generateKeyPair("Ed25519");
  const name = toNameKey(key);
  const resolve = createNames({ store: createMemoryNames(), sources: [reader.names], sinks: [] });
  await expect(resolve.resolve(name)).rejects.toThrow("the hash table has no record");
  const stop = new AbortController();
  const hint = await reader.watchName(name, stop.signal);
  await expect.poll(() => relay.subscribers(name)).toEqual([reader.peerId.text]);

  const publish = createNames({
    store: createMemoryNames(),
    sources: [publisher.names],
    sinks: [publisher.names],
  });
  const hinted = hint.wait({ signal: AbortSignal.timeout(10_000) });
  await publish.publish(key, ONE);
  expect((await resolve.resolve(name)).cid.toString()).toBe(ONE.toString());
  await publish.publish(key, TWO, { expected: ONE });
  expect((await resolve.resolve(name)).cid.toString()).toBe(TWO.toString());
  relay.tell(name);
  await hinted;
  stop.abort();
  await expect.poll(() => relay.subscribers(name)).toEqual([]);

  const other = await createRecord(await generateKeyPair("Ed25519"), ONE, 9n, 3_600_000);
  expect(await publisher.names.putRecord(name, other.bytes)).toMatch(/./);
  expect((await resolve.resolve(name)).cid.toString()).toBe(TWO.toString());
});

test("the discovery key is the hash of the text, and is provided on the local network's table", async () => {
  const digest = await hashBytes(0x1e, new TextEncoder().encode("wetware"), 32);
  expect(DISCOVERY_KEY.toString()).toBe(CID.createV1(0x55, create(0x1e, digest)).toString());
  await using relay = await startRelay({ protocols: [MESH_DHT, LAN_DHT] });
  await using node = await start([relay], { tables: [MESH_DHT, LAN_DHT] });
  await using seeker = await start([relay], { tables: [LAN_DHT] });
  await using other = await start([relay]);
  await Promise.all([node.discover(), other.discover()]);
  await expect.poll(() => findAll(seeker, DISCOVERY_KEY)).toEqual([node.peerId.text]);
});

test("findPeer() knows nothing of a peer that nobody has met", async () => {
  await using relay = await startRelay();
  await using node = await start([relay], { questionMs: 2_000 });
  const stranger = peerIdFromPrivateKey(await generateKeyPair("Ed25519"));
  expect(await node.findPeer(stranger.toMultihash().bytes)).toEqual([]);
  await expect(node.findPeer(Uint8Array.of(1))).rejects.toThrow(/^invalid peer ID/);
});

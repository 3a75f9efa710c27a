import { circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import type { Libp2p } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { createLibp2p } from "libp2p";
import { expect, test, vi } from "vitest";
import { encodeText, readAll } from "#base";
import { createTabLibp2p } from "./create-libp2p.ts";
import { openLine } from "./line.testing.ts";
import type { Line } from "./line.testing.ts";
import type { NetNode } from "./node.ts";
import { openPair } from "./pair.testing.ts";
import { createPeerStreams } from "./peer-streams.ts";
import { startRelay } from "./relay.testing.ts";

vi.setConfig({ testTimeout: 30_000 });

const PROTOCOL = "/ww/0.1.0/stream/test";

test("dialStream() carries bytes both ways, with the ends of both directions", async () => {
  await using pair = await openPair();
  const { promise: seen, resolve } = Promise.withResolvers<Uint8Array>();
  await using serving = await pair.server.serveStreams(PROTOCOL, (duplex, peerId) => {
    resolve(peerId);
    void (async () => {
      const asked = await readAll(duplex.source, 1_000_000);
      await duplex.sink.write(asked.toReversed());
      duplex.sink.close();
    })();
  });
  using duplex = await pair.client.dialStream(pair.server.peerId.bytes, PROTOCOL);
  const asked = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
  await duplex.sink.write(asked.slice());
  duplex.sink.close();
  expect(await readAll(duplex.source, 1_000_000)).toEqual(asked.toReversed());
  expect(await seen).toEqual(pair.client.peerId.bytes);
  expect(serving).toBeDefined();
});

test("dialStream() makes a writer wait for a slow reader", async () => {
  await using pair = await openPair();
  const { promise: taken, resolve } = Promise.withResolvers<NodeStream>();
  await using serving = await pair.server.serveStreams(PROTOCOL, resolve);
  using duplex = await pair.client.dialStream(pair.server.peerId.bytes, PROTOCOL);
  let written = 0;
  const writing = (async () => {
    for (let piece = 0; piece < 160; piece++) {
      await duplex.sink.write(new Uint8Array(64 * 1024));
      written++;
    }
    duplex.sink.close();
  })();
  using server = await taken;
  await expect.poll(() => written).toBeGreaterThan(8);
  // What is on its way is bounded by the reader's window and the carrier's own buffers.
  let last = 0;
  const isStill = (): boolean => {
    const before = last;
    last = written;
    return written === before;
  };
  await expect.poll(isStill, { interval: 200 }).toBe(true);
  expect(written).toBeLessThan(60);
  let read = 0;
  for (let bytes; (bytes = await server.source.read(100_000)) !== undefined;) read += bytes.length;
  await writing;
  expect(read).toBe(160 * 64 * 1024);
  expect(serving).toBeDefined();
});

type NodeStream = Parameters<Parameters<NetNode["serveStreams"]>[1]>[0];

test("serveStreams() serves a protocol once, until it is disposed", async () => {
  await using pair = await openPair();
  const { bytes } = pair.server.peerId;
  {
    await using serving = await pair.server.serveStreams(PROTOCOL, (duplex) => duplex.sink.close());
    await expect(pair.server.serveStreams(PROTOCOL, () => undefined)).rejects.toThrow(
      "served already",
    );
    using duplex = await pair.client.dialStream(bytes, PROTOCOL);
    expect(await readAll(duplex.source, 10)).toEqual(encodeText(""));
    expect(serving).toBeDefined();
  }
  await expect(pair.client.dialStream(bytes, PROTOCOL)).rejects.toMatchObject({
    kind: "unimplemented",
    message: `The peer does not serve "${PROTOCOL}"`,
  });
});

test("a stream fails at once when its peer says goodbye", async () => {
  await using pair = await openPair();
  await using serving = await pair.server.serveStreams(PROTOCOL, () => undefined);
  using duplex = await pair.client.dialStream(pair.server.peerId.bytes, PROTOCOL);
  const reading = duplex.source.read(10);
  await pair.server[Symbol.asyncDispose]();
  await expect(reading).rejects.toMatchObject({ kind: "disconnected" });
  expect(serving).toBeDefined();
});

interface TwoWays extends AsyncDisposable {
  readonly server: Libp2p;
  readonly client: Libp2p;
  /** What carries the direct connection. */
  readonly line: Line;
}

/** Two peers that are connected directly, and through a relay as well. */
async function connectTwice(): Promise<TwoWays> {
  await using stack = new AsyncDisposableStack();
  const relay = stack.use(await startRelay({ isMesh: false }));
  const server = await createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0/ws", `${relay.address}/p2p-circuit`] },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), ping: ping() },
  });
  stack.defer(async () => server.stop());
  const { libp2p: client } = await createTabLibp2p({
    datastore: new MemoryDatastore(),
    privateKey: await generateKeyPair("Ed25519"),
    rules: { permits: () => true, isRelayed: () => true, permit: () => undefined },
  });
  stack.defer(async () => client.stop());
  const end = `/p2p/${server.peerId.toString()}`;
  const relayed = multiaddr(`${relay.address}/p2p-circuit${end}`);
  await expect.poll(() => server.getMultiaddrs().map(String)).toContain(relayed.toString());
  const [, port] = /\/tcp\/(\d+)/.exec(String(server.getMultiaddrs()[0])) ?? [];
  const line = stack.use(await openLine(Number(port)));
  await client.dial(multiaddr(`/ip4/127.0.0.1/tcp/${line.port}/ws${end}`));
  await client.dial(relayed, { force: true });
  const owned = stack.move();
  return { server, client, line, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

test("dial() opens a stream by the relayed connection when the direct one says nothing any more", async () => {
  await using peers = await connectTwice();
  const ways: string[] = [];
  await using serving = await createPeerStreams(peers.server).listen(PROTOCOL, (duplex) => {
    const relayed = peers.server
      .getConnections(peers.client.peerId)
      .filter(({ remoteAddr }) => remoteAddr.toString().includes("/p2p-circuit"))
      .flatMap(({ streams: open }) => open);
    const isRelayed = relayed.some(({ protocol }) => protocol.startsWith(PROTOCOL));
    ways.push(isRelayed ? "relayed" : "direct");
    duplex.sink.close();
  });
  const streams = createPeerStreams(peers.client);
  const { peerId } = peers.server;
  const open = async (): Promise<void> => {
    using duplex = await streams.dial(peerId, PROTOCOL);
    expect(await readAll(duplex.source, 10)).toEqual(encodeText(""));
  };
  await open();
  peers.line.cut();
  const start = performance.now();
  await open();
  expect(performance.now() - start).toBeLessThan(6000);
  expect(ways).toEqual(["direct", "relayed"]);
  // Nobody has noticed yet.
  expect(peers.client.getConnections(peerId)).toHaveLength(2);
  await expect(streams.dial(peerId, `${PROTOCOL}-other`)).rejects.toMatchObject({
    kind: "unimplemented",
  });
  expect(serving).toBeDefined();
});

test("dial() ends with its signal, whatever the connections do", async () => {
  await using peers = await connectTwice();
  peers.line.cut();
  const streams = createPeerStreams(peers.client);
  const dialling = streams.dial(peers.server.peerId, PROTOCOL, {
    signal: AbortSignal.timeout(200),
  });
  await expect(dialling).rejects.toMatchObject({ name: "TimeoutError" });
});

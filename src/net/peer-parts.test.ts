import { generateKeyPair, publicKeyToProtobuf } from "@libp2p/crypto/keys";
import type { Identify } from "@libp2p/identify";
import type { Stream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import type { Ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import type { Libp2p, Libp2pOptions } from "libp2p";
import { expect, test } from "vitest";
import { boundedYamux, tolerantIdentify } from "./peer-parts.ts";

const PROTOCOL = "/test/frames";
const MANY_BYTES = 16 * 1024 * 1024;
const WINDOW_BYTES = 4 * 1024 * 1024;

function startNode(listen: readonly string[], options: Libp2pOptions = {}): Promise<Libp2p> {
  const streamOptions = {
    initialStreamWindowSize: WINDOW_BYTES,
    maxStreamWindowSize: WINDOW_BYTES,
  };
  return createLibp2p({
    addresses: { listen: [...listen] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [boundedYamux({ streamOptions })],
    ...options,
  });
}

/** A field of a Protobuf message. */
const field = (tag: number, bytes: Uint8Array): number[] => [tag, bytes.length, ...bytes];

test("boundedYamux() sends no frame of more than 256 KiB, however large the window is", async () => {
  await using stack = new AsyncDisposableStack();
  const server = await startNode(["/ip4/127.0.0.1/tcp/0"]);
  stack.defer(async () => server.stop());
  const client = await startNode([]);
  stack.defer(async () => client.stop());
  // Each frame comes as one message.
  const sizes: number[] = [];
  await server.handle(PROTOCOL, (stream) => {
    stream.addEventListener("message", ({ data }) => void sizes.push(data.byteLength));
  });
  const stream = await client.dialProtocol(server.getMultiaddrs(), PROTOCOL);
  stream.send(new Uint8Array(WINDOW_BYTES / 2));
  const sum = (): number => sizes.reduce((bytes, size) => bytes + size, 0);
  await expect.poll(sum).toBe(WINDOW_BYTES / 2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
});

test("boundedYamux() sends a reader that stops no more than libp2p can hold for it", async () => {
  await using stack = new AsyncDisposableStack();
  const streamMuxers = [boundedYamux()];
  const services = { ping: ping() };
  const server = await startNode(["/ip4/127.0.0.1/tcp/0"], { streamMuxers, services });
  stack.defer(async () => server.stop());
  const client = await startNode([], { streamMuxers, services });
  stack.defer(async () => client.stop());
  const { promise: served, resolve } = Promise.withResolvers<Stream>();
  let read = 0;
  await server.handle(PROTOCOL, (stream) => {
    stream.addEventListener("message", ({ data }) => void (read += data.byteLength));
    resolve(stream);
  });
  const stream = await client.dialProtocol(server.getMultiaddrs(), PROTOCOL);
  // Windows grow if the reader is quick.
  const piece = new Uint8Array(65_536);
  const write = async (): Promise<void> => {
    for (let sent = 0; sent < MANY_BYTES; sent += piece.length) {
      if (!stream.send(piece)) await stream.onDrain();
    }
  };
  await write();
  await expect.poll(() => read).toBe(MANY_BYTES);
  const reading = await served;
  reading.pause();
  const written = write();
  // No more comes: after the round trip, everything that was sent before it has arrived.
  const isQuiet = async (): Promise<boolean> => {
    const before = reading.readBufferLength;
    await (client.services as { readonly ping: Ping }).ping.ping(server.peerId);
    return before > 0 && reading.readBufferLength === before;
  };
  await expect.poll(isQuiet).toBe(true);
  reading.resume();
  await written;
  await expect.poll(() => read).toBe(2 * MANY_BYTES);
});

test("tolerantIdentify() takes what a peer says that has seen it behind a relay, without an address", async () => {
  await using stack = new AsyncDisposableStack();
  const privateKey = await generateKeyPair("Ed25519");
  const server = await startNode(["/ip4/127.0.0.1/tcp/0"], { privateKey });
  stack.defer(async () => server.stop());
  const client = await startNode([], {
    services: { identify: tolerantIdentify({ runOnConnectionOpen: false }) },
  });
  stack.defer(async () => client.stop());
  const message = [
    ...field(0x0a, publicKeyToProtobuf(privateKey.publicKey)),
    ...field(0x22, multiaddr(`/p2p/${client.peerId.toString()}`).bytes),
    ...field(0x32, new TextEncoder().encode("another libp2p")),
  ];
  await server.handle("/ipfs/id/1.0.0", async (stream) => {
    stream.send(Uint8Array.from([message.length, ...message]));
    await stream.close();
  });
  const connection = await client.dial(server.getMultiaddrs());
  const { identify } = client.services as { readonly identify: Identify };
  expect((await identify.identify(connection)).agentVersion).toBe("another libp2p");
});

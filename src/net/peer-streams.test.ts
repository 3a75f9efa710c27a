import { encodeText } from "#base";
import { expect, test, vi } from "vitest";
import { readAll } from "#base";
import type { NetNode } from "./node.ts";
import { openPair } from "./pair.testing.ts";

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

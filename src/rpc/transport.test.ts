import { expect, test } from "vitest";
import { createDuplexPair } from "#base";
import { createPortTransport } from "./port-transport.ts";
import { createStreamTransport } from "./stream-transport.ts";
import { testTransport } from "./transport.conformance.ts";
import { TRANSPORTS } from "./transports.testing.ts";

for (const [name, open] of TRANSPORTS) testTransport(name, open);

test("createStreamTransport() finds the end when a peer leaves in the middle of a frame", async () => {
  const [near, far] = createDuplexPair(1000);
  using transport = createStreamTransport(near);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  transport.start({ onFrame: () => resolve("a frame"), onClosed: resolve });
  await far.sink.write(Uint8Array.of(0, 0, 0, 0, 2, 0, 0, 0, 1, 2, 3));
  far.sink.close();
  expect(await promise).toBeUndefined();
});

test("createStreamTransport() finds the end when a peer is cut off", async () => {
  const [near, far] = createDuplexPair(1000);
  using transport = createStreamTransport(near);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  transport.start({ onFrame: () => resolve("a frame"), onClosed: resolve });
  await far.sink.write(Uint8Array.of(0, 0, 0, 0, 2, 0, 0, 0, 1, 2, 3));
  far[Symbol.dispose]();
  expect(await promise).toBeUndefined();
});

test("createStreamTransport() ends when a frame is announced that is over its limit", async () => {
  const [near, far] = createDuplexPair(1000);
  using transport = createStreamTransport(near, 1024);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  transport.start({ onFrame: () => resolve("a frame"), onClosed: resolve });
  await far.sink.write(Uint8Array.of(0, 0, 0, 0, 255, 0, 0, 0));
  expect(await promise).toMatchObject({ kind: "failed" });
});

test("createStreamTransport() ends when its peer reads nothing, and more is sent than it may hold", async () => {
  const [near, far] = createDuplexPair(1000);
  using transport = createStreamTransport(near, 4096);
  using silent = far;
  const { promise, resolve } = Promise.withResolvers<unknown>();
  transport.start({ onFrame: () => resolve("a frame"), onClosed: resolve });
  const frame = new Uint8Array(1024);
  frame[4] = 127;
  for (let i = 0; i < 30; i++) {
    void transport.send([frame.slice()]);
    await Promise.resolve();
  }
  expect(await promise).toMatchObject({ kind: "overloaded" });
  expect(silent.source.ended).toBe(false);
});

test.each<readonly [string, unknown, string]>([
  ["a number", 7, "Peer sent something other than a message"],
  ["a text", "call", "Peer sent something other than a message"],
  ["a table that lies", new Uint8Array(16).fill(255), "Message of 4294967296 segments is over"],
])("createPortTransport() ends when %s is posted", async (_, posted, message) => {
  const { port1, port2 } = new MessageChannel();
  using transport = createPortTransport(port1);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  transport.start({ onFrame: () => resolve("a frame"), onClosed: resolve });
  port2.postMessage(posted);
  const reason = await promise;
  expect(reason).toMatchObject({ kind: "failed" });
  expect(String(reason)).toContain(message);
  port2.close();
});

test("createPortTransport() gives its peer the memory that it does not keep", async () => {
  const { port1, port2 } = new MessageChannel();
  using near = createPortTransport(port1);
  using far = createPortTransport(port2);
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  far.start({ onFrame: resolve, onClosed: () => undefined });
  const lengths = Array.from({ length: 18 }, (_, at) => 1024 + at);
  for (const length of lengths) near.space?.giveBack(new ArrayBuffer(length));
  const frame = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
  void near.send([frame.slice()]);
  expect(await promise).toEqual(frame);
  const taken = [1, 2, 3].map(() => far.space?.takeSpare(1024)?.bytes.length);
  expect(taken).toEqual([1025, 1024, undefined]);
});

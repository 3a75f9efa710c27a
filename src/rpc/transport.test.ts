import { expect, test } from "vitest";
import { createDuplexPair } from "#base";
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
    transport.send([frame.slice()]);
    await Promise.resolve();
  }
  expect(await promise).toMatchObject({ kind: "overloaded" });
  expect(silent.source.ended).toBe(false);
});

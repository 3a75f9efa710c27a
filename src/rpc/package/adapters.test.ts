import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { connect as connectSocket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import type { WebSocket as ServerSocket } from "ws";
import { Peer } from "../interop/generated/interop.ts";
import { servePeer } from "../interop/serve-peer.ts";
import { testTransport } from "../transport.conformance.ts";
import { connectVats } from "../vats.testing.ts";
import { createWebSocketTransport } from "../web-socket-transport.ts";
import type { WebSocketLike } from "../web-socket-transport.ts";
import { createWebStreamTransport } from "../web-stream-transport.ts";
import { createSocketTransport } from "./node.ts";
import type { Transport } from "./index.ts";

const GONE = { kind: "disconnected" };

interface Ends {
  readonly transports: [Transport, Transport];
  /** Ends the far transport as a crash would. */
  readonly crash: () => void;
  readonly close: () => Promise<void>;
}

const ADAPTERS: readonly (readonly [name: string, open: () => Promise<Ends>])[] = [
  ["a socket", openSockets],
  ["a WebSocket", openWebSockets],
  ["a WebSocket that is about to open", () => openWebSockets(false)],
  ["web streams", openWebStreams],
];

describe.each(ADAPTERS)("over %s", (name, open) => {
  let ends: Ends;
  beforeEach(async () => {
    ends = await open();
  });
  afterEach(() => ends.close());

  testTransport(name, () => ends.transports);

  test("calls are answered, and the end is found by both sides", async () => {
    await using vats = connectVats(Peer, servePeer().peer, ends.transports);
    using made = vats.root.makeCounter();
    using counter = made.counter;
    expect((await counter.add(2n)).total).toBe(2n);
    const big = new Uint8Array(1_000_000).fill(7);
    using echoed = await vats.root.echoAll({ data: big });
    expect(echoed.value.data.length).toBe(big.length);
  });

  test("a peer that is gone breaks the calls that wait for it", async () => {
    await using vats = connectVats(Peer, servePeer().peer, ends.transports);
    await vats.root.liveCounters();
    const waiting = vats.root.neverReturn(null);
    const failed = expect(waiting).rejects.toMatchObject(GONE);
    ends.crash();
    await failed;
  });
});

test("createWebSocketTransport() ends when it gets a text", async () => {
  const { near, far, close } = await openWebSocketPair();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  createWebSocketTransport(near).start({ onFrame: () => undefined, onClosed: resolve });
  far.send("no message");
  expect(await promise).toMatchObject({ kind: "failed", message: /no message/ });
  await close();
});

test("createWebSocketTransport() ends when a frame is announced that is over its limit", async () => {
  const { near, far, close } = await openWebSocketPair();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  createWebSocketTransport(near, 1024).start({ onFrame: () => undefined, onClosed: resolve });
  far.send(Uint8Array.of(0, 0, 0, 0, 255, 0, 0, 0));
  expect(await promise).toMatchObject({ kind: "failed", message: /limit of 1024/ });
  await close();
});

test("createWebSocketTransport() asks to wait while its peer reads nothing", async () => {
  const { near, far, close } = await openWebSocketPair();
  using transport = createWebSocketTransport(near);
  far.pause();
  const frame = new Uint8Array(8 + 1024 * 1024);
  new DataView(frame.buffer).setUint32(4, 128 * 1024, true);
  let ready: unknown;
  // More than the two ends of a connection buffer by themselves.
  for (let i = 0; i < 32; i++) ready = transport.send([frame.slice()]);
  expect(ready).toBeInstanceOf(Promise);
  let isReady = false;
  const waiting = Promise.resolve(ready).then(() => (isReady = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isReady).toBe(false);
  far.resume();
  await waiting;
  await close();
});

async function openSockets(): Promise<Ends> {
  const server = createServer();
  const accepted = once(server.listen(0, "127.0.0.1"), "connection") as Promise<[Socket]>;
  await once(server, "listening");
  const near = connectSocket((server.address() as AddressInfo).port, "127.0.0.1");
  const [far] = await accepted;
  return {
    transports: [createSocketTransport(near), createSocketTransport(far)],
    crash: () => far.resetAndDestroy(),
    async close() {
      near.destroy();
      far.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface WebSocketPair {
  readonly near: WebSocketLike;
  readonly far: ServerSocket;
  readonly close: () => Promise<void>;
}

async function openWebSocketPair(isOpen = true): Promise<WebSocketPair> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const accepted = once(server, "connection") as Promise<[ServerSocket]>;
  const near = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [far] = await accepted;
  if (isOpen && near.readyState !== WebSocket.OPEN) await once(near, "open");
  return {
    near,
    far,
    async close() {
      far.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function openWebSockets(isOpen = true): Promise<Ends> {
  const { near, far, close } = await openWebSocketPair(isOpen);
  return {
    transports: [createWebSocketTransport(near), createWebSocketTransport(far)],
    crash: () => far.terminate(),
    close,
  };
}

function openWebStreams(): Promise<Ends> {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  const controller = new AbortController();
  // Carries the bytes between the two ends, and can be cut.
  const cut = new TransformStream<Uint8Array, Uint8Array>();
  const { signal } = controller;
  void back.readable.pipeTo(cut.writable, { signal }).catch(() => undefined);
  return Promise.resolve({
    transports: [
      createWebStreamTransport({ readable: cut.readable, writable: there.writable }),
      createWebStreamTransport({ readable: there.readable, writable: back.writable }),
    ],
    crash: () => controller.abort(),
    close: () => Promise.resolve(),
  });
}

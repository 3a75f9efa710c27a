/** Limits on what a peer's calls hold, and what happens beyond them. */
import { describe, expect, test } from "vitest";

import { createDuplexPair } from "#base";
import { serve } from "#capnp";
import { ElementSize } from "#capnp/wire";
import type { MessageBuilder } from "#capnp/wire";
import { connect } from "./connection.ts";

import { Counter, Peer } from "./interop/generated/interop.ts";
import type { PeerServer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { connectRawPeer, PEER_ID, space, turn } from "./raw-peer.testing.ts";
import { createStreamTransport } from "./stream-transport.ts";

import { TRANSPORTS } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";
import { buildBootstrap, buildCall, buildFinish, writeDescriptor } from "./build-message.ts";

const MEGABYTE = 1024 * 1024;
const ECHO_ANY = 3;
const LARGE = TRANSPORTS.filter(([name]) => name === "a stream" || name === "a port");

describe.each(TRANSPORTS)("over %s,", (_name, open) => {
  test("calls beyond what may be held wait for a call to end, in order", async () => {
    const begun: bigint[] = [];
    const gates: (() => void)[] = [];
    const peer: PeerServer = {
      ...servePeer().peer,
      async callCounter(_counter, amount) {
        begun.push(amount);
        await new Promise<void>((resolve) => gates.push(resolve));
        return { total: amount };
      },
    };
    // Room for three small calls.
    await using vats = connectVats(Peer, peer, open(), { limits: { heldBytes: 1000 } });
    const calls = Array.from({ length: 9 }, (_, at) => vats.root.callCounter(null, BigInt(at)));
    await expect.poll(() => begun.length).toBeGreaterThan(1);
    for (let i = 0; i < 20; i++) await turn();
    expect(begun.length).toBeLessThan(5);
    // Messages that release bytes are read: one call is cancelled, one ends.
    calls[0]?.[Symbol.dispose]();
    const settled = Promise.all(calls.slice(1));
    while (begun.length < 9) {
      gates.shift()?.();
      await turn();
    }
    for (const gate of gates) gate();
    expect((await settled).map(({ total }) => total)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]);
    expect(begun).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]);
  });

  test("makes calls pipelined on waiting calls, and drops those that are cancelled", async () => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open(), { limits: { heldBytes: 1 } });
    const stop = new AbortController();
    const never = vats.root.neverReturn(null, { signal: stop.signal });
    const stopped = expect(never).rejects.toBe("enough");
    using made = vats.root.makeCounter();
    const total = made.counter.add(3n);
    vats.root.makeCounter()[Symbol.dispose]();
    for (let i = 0; i < 20; i++) await turn();
    expect(served.liveCounters).toBe(0);
    stop.abort("enough");
    await stopped;
    expect((await total).total).toBe(3n);
  });

  test("a peer that leaves no room for its own calls is told so, and ended", async () => {
    const limits = { heldBytes: 1, stallMs: 20 };
    using root = serve(Peer, servePeer().peer);
    const [near, far] = open();
    using client = connect(near);
    using server = connect(far, { bootstrap: root, limits });
    using peer = client.bootstrap(Peer);
    const outcomes = [peer.neverReturn(null), peer.neverReturn(null)].map((call) =>
      expect(call).rejects.toMatchObject({ kind: "disconnected" }),
    );
    await Promise.all(outcomes);
    const words = /^Peer stalls \d calls: its calls and answers hold \d+ bytes/;
    const reason = { kind: "overloaded", message: expect.stringMatching(words) };
    expect(await client.closed).toMatchObject(reason);
    expect(await server.closed).toMatchObject(reason);
  });
});

test.each(LARGE)(
  "300 calls of 1 MB in one turn are all answered over %s",
  async (_name, open) => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const bytes = new Uint8Array(MEGABYTE).fill(7);
    const calls = Array.from({ length: 300 }, () =>
      vats.root.echoAll({ data: bytes }).then(({ value }) => value.data.length),
    );
    expect(new Set(await Promise.all(calls))).toEqual(new Set([MEGABYTE]));
    expect(vats.client.failure).toBeUndefined();
  },
  20_000,
);

test("answers that a peer does not read count, and its next calls wait for it to read", async () => {
  const [near, far] = createDuplexPair(64 * 1024);
  const transport = createStreamTransport(near);
  const peer = servePeer().peer;
  const made: string[] = [];
  using root = serve(Peer, {
    ...peer,
    liveCounters: () => ({ count: made.push("a call") }),
    echoAll: () => ({ value: { data: new Uint8Array(MEGABYTE) } }),
  });
  const limits = { heldBytes: MEGABYTE };
  const server = connect(transport, { bootstrap: root, limits });
  // The peer reads nothing for now.
  const frames = [buildBootstrap(space, 0), call(1, 0), call(2, 0), call(3, 0), call(4, 0)];
  for (const frame of frames) await far.sink.write(frame.toFrame().slice());
  for (let i = 0; i < 20; i++) await turn();
  await far.sink.write(call(5, 8).toFrame().slice());
  for (let i = 0; i < 20; i++) await turn();
  expect(made).toEqual([]);
  while (made.length === 0) await far.source.read(64 * 1024);
  expect(server.failure).toBeUndefined();
  server[Symbol.dispose]();
  far[Symbol.dispose]();
  expect(server.tableSizes).toEqual({ questions: 0, answers: 0, exports: 0, imports: 0 });
});

describe("connect() bounds capabilities:", () => {
  test("a message with more than 4 096 ends the connection", async () => {
    await using peer = connectRawPeer();
    peer.send(buildBootstrap(space, 0));
    peer.send(callWith(1, 4097, 0));
    const words =
      "Message has 4097 capabilities, more than the limit of 4096: pass them in several messages";
    expect(await peer.connection.closed).toMatchObject({ kind: "failed", message: words });
  });

  test("a call with more is not made, and the connection goes on", async () => {
    await using vats = connectVats(Peer, servePeer().peer);
    using counter = serve(Counter, createCounter());
    const call = vats.root.echoCounters(Array.from({ length: 4097 }, () => counter));
    await expect(call).rejects.toMatchObject({
      message: expect.stringContaining("4097 capabilities"),
    });
    using results = await vats.root.echoCounters(Array.from({ length: 4096 }, () => counter));
    expect(results.counters.length).toBe(4096);
  });

  test("more imports than may be held end the connection, and all are let go of", async () => {
    await using peer = connectRawPeer({ imports: 10_000 });
    peer.send(buildBootstrap(space, 0));
    for (let id = 1; id <= 3; id++) peer.send(callWith(id, 4000, id * 4000));
    expect(await peer.connection.closed).toMatchObject({
      kind: "overloaded",
      message: "More than 10000 capabilities of the peer are held",
    });
  });
});

test("forty thousand messages that arrive together leave turns to others", async () => {
  await using peer = connectRawPeer();
  peer.send(buildBootstrap(space, 0));
  await turn();
  let turns = 0;
  const count = async (): Promise<void> => {
    for (; peer.received.length < 20_001; turns++) await turn();
  };
  const counting = count();
  // Valid but useless messages: a Finish and a Bootstrap of one question, repeatedly.
  for (let i = 0; i < 20_000; i++) {
    peer.send(buildFinish(space, 0, true));
    peer.send(buildBootstrap(space, 0));
  }
  await counting;
  expect(turns).toBeGreaterThan(15);
  expect(peer.connection.failure).toBeUndefined();
});

/** A call of a method without parameters, or of `echoAll`. */
function call(id: number, methodId: number): MessageBuilder {
  const target = { type: "import", id: 0 } as const;
  const payload = buildCall(space, id, target, {
    interfaceId: PEER_ID,
    methodId,
    noPipelining: false,
  });
  payload.content.initStruct(0, 1);
  return payload.message;
}

/** A call with `count` capabilities, whose ids begin at one. */
function callWith(id: number, count: number, firstId: number): MessageBuilder {
  const target = { type: "import", id: 0 } as const;
  const payload = buildCall(space, id, target, {
    interfaceId: PEER_ID,
    methodId: ECHO_ANY,
    noPipelining: false,
  });
  payload.content.initStruct(0, 1).pointer(0).initList(ElementSize.byte, 0);
  const table = payload.table.initStructList(count, 1, 1);
  for (let at = 0; at < count; at++) {
    writeDescriptor(table.struct(at), { type: "senderHosted", id: firstId + at });
  }
  return payload.message;
}

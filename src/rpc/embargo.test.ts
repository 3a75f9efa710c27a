import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { cast, dup, isNull, serve } from "#capnp";
import { NULL_CAPABILITY } from "#capnp/wire";
import { Counter, Peer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { connectRawPeer, EMPTY, PEER_ID, space, turn } from "./raw-peer.testing.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";
import {
  buildBootstrap,
  buildCall,
  buildDisembargo,
  buildResults,
  writeDescriptor,
} from "./build-message.ts";
import type { PayloadBuilder } from "./build-message.ts";
import * as tags from "./message-tags.ts";
import * as wire from "./wire.ts";

/** A counter that remembers what was added, in order. */
function createRecorder(seen: bigint[]): Counter {
  const counter = createCounter();
  return serve(Counter, {
    ...counter,
    add(amount, context) {
      seen.push(amount);
      return counter.add(amount, context);
    },
  });
}

describe.each(TRANSPORTS)("over %s, calls on a promise", (_name, open) => {
  test("reach the caller's own object in order, whether made before or after it is known", async () => {
    const seen: bigint[] = [];
    await using vats = connectVats(Peer, servePeer().peer, open());
    using mine = createRecorder(seen);
    using pending = vats.root.echoCap(mine);
    using ahead = pending.cap;
    using early = cast(ahead, Counter);
    const calls: PromiseLike<unknown>[] = [];
    for (let i = 0; i < 10; i++) calls.push(early.add(BigInt(i)));
    using results = await pending;
    for (let i = 10; i < 20; i++) calls.push(early.add(BigInt(i)));
    await Promise.resolve();
    for (let i = 20; i < 30; i++) calls.push(early.add(BigInt(i)));
    await Promise.all(calls);
    using known = cast(results.cap, Counter);
    await known.add(30n);
    expect(seen).toEqual(Array.from({ length: 31 }, (_, at) => BigInt(at)));
  });

  test("reach it in order though the promise is kept much later", async () => {
    const seen: bigint[] = [];
    await using vats = connectVats(Peer, servePeer().peer, open());
    using results = await vats.root.promiseCounter();
    const first = [results.counter.add(0n), results.counter.add(1n)];
    await vats.root.canceled();
    await vats.root.keepPromise(createRecorder(seen));
    const second = [results.counter.add(2n), results.counter.add(3n)];
    await Promise.all([...first, ...second]);
    await results.counter.add(4n);
    expect(seen).toEqual([0n, 1n, 2n, 3n, 4n]);
  });

  test("reach it in order when it is handed on while they travel", async () => {
    const seen: bigint[] = [];
    await using vats = connectVats(Peer, servePeer().peer, open());
    using mine = createRecorder(seen);
    using pending = vats.root.echoCap(mine);
    using ahead = pending.cap;
    using early = cast(ahead, Counter);
    const first = early.add(0n);
    // There and back once more, ahead of the answer.
    using again = vats.root.echoCap(early);
    using further = again.cap;
    using late = cast(further, Counter);
    const second = late.add(1n);
    using results = await again;
    const third = late.add(2n);
    await Promise.all([first, second, third]);
    using known = cast(results.cap, Counter);
    await known.add(3n);
    expect(seen).toEqual([0n, 1n, 2n, 3n]);
  });

  test("do not wait where there is nothing to wait for", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    using pending = vats.root.getNull();
    using early = pending.counter;
    const first = early.add(1n);
    const failed = expect(first).rejects.toMatchObject({ message: "Called a null capability" });
    using results = await pending;
    expect(isNull(results.counter)).toBe(true);
    await expect(early.add(2n)).rejects.toMatchObject({ message: "Called a null capability" });
    await failed;
  });

  test("fail in order when it turns out to be broken", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    using pending = vats.root.promiseCounter();
    using early = pending.counter;
    const order: number[] = [];
    const failing = async (number: number): Promise<void> => {
      await expect(early.add(1n)).rejects.toMatchObject({ message: "promise was broken" });
      order.push(number);
    };
    const first = [failing(0), failing(1)];
    await vats.root.keepPromise(null);
    await Promise.all([...first, failing(2)]);
    expect(order).toEqual([0, 1, 2]);
  });

  test("of both sides at once, each kept with the other's, are in order", async () => {
    // Each side holds a promise of the other that resolves to its own object.
    const [seenHere, seenThere] = [[] as bigint[], [] as bigint[]];
    const served = servePeer();
    using theirs = createRecorder(seenThere);
    await using vats = connectVats(
      Peer,
      {
        ...served.peer,
        makeCounter: () => ({ counter: dup(theirs) }),
      },
      open(),
    );
    using mine = createRecorder(seenHere);
    using made = vats.root.makeCounter();
    using other = made.counter;
    using one = vats.root.echoCap(mine);
    using oneAhead = one.cap;
    using here = cast(oneAhead, Counter);
    using two = vats.root.echoCap(other);
    using twoAhead = two.cap;
    using there = cast(twoAhead, Counter);
    const calls: PromiseLike<unknown>[] = [];
    for (let i = 0; i < 20; i++) {
      calls.push(here.add(BigInt(i)), there.add(BigInt(i)));
      if (i % 4 === 0) await Promise.resolve();
      if (i === 10) await vats.root.canceled();
    }
    await Promise.all(calls);
    const all = Array.from({ length: 20 }, (_, at) => BigInt(at));
    expect(seenHere).toEqual(all);
    expect(seenThere).toEqual(all);
  });
});

test("calls under an embargo go with the connection that those before them were lost with", async () => {
  const seen: bigint[] = [];
  await using peer = connectRawPeer();
  using root = peer.connection.bootstrap(Peer);
  using mine = createRecorder(seen);
  using pending = root.echoCap(mine);
  using ahead = pending.cap;
  using early = cast(ahead, Counter);
  const lost = expect(early.add(1n)).rejects.toMatchObject({ kind: "disconnected" });
  const echoed = pending.then((results) => results[Symbol.dispose]());
  await turn();
  // The second question is echoCap; its answer is the caller's own export. The pipelined call is never sent back.
  const results = buildResults(space, 1);
  results.content.initStruct(0, 1).pointer(0).setCapability(NULL_CAPABILITY);
  writeDescriptor(results.table.initStructList(1, 1, 1).struct(0), {
    type: "receiverHosted",
    id: 0,
  });
  peer.send(results.message);
  await echoed;
  const waiting = expect(early.add(2n)).rejects.toMatchObject({ kind: "disconnected" });
  await turn();
  expect(peer.takeTags()).toContain(tags.DISEMBARGO);
  peer.connection[Symbol.dispose]();
  await lost;
  await waiting;
  expect(seen).toEqual([]);
  expect(peer.connection.tableSizes).toEqual(EMPTY);
  await expect(early.add(3n)).rejects.toBeInstanceOf(Exception);
});

test.each([
  ["with", false],
  ["without", true],
])("calls pipelined on a call %s a Return arrive in order", async (_name, silent) => {
  await using peer = connectRawPeer();
  const add = (id: number, target: wire.Target, amount: bigint): void => {
    const payload = call(id, target, [Counter.id, 0]);
    payload.content.initStruct(1, 0).setUint64(0, amount);
    peer.send(payload.message);
  };
  const root = { type: "import", id: 0 } as const;
  peer.send(buildBootstrap(space, 0));
  peer.send(call(1, root, GET_HELD).message);
  await turn();
  const held = { type: "import", id: 1 } as const;

  // A tail call on a capability of the peer: pipelined calls go back there as well.
  const tail = call(2, root, TAIL);
  tail.content.initStruct(1, 1).pointer(0).setCapability(NULL_CAPABILITY);
  const callee = { type: "senderHosted", id: 5 } as const;
  writeDescriptor(tail.table.initStructList(1, 1, 1).struct(0), callee);
  const frame = tail.message.toFrame().slice();
  // `onlyPromisePipeline`, in the call's third word.
  if (silent) frame[32 + 2 * 8] = 1 << 2;
  peer.send(frame);
  const ahead = { type: "answer", questionId: 2, path: [0] } as const;
  add(3, ahead, 1n);
  await turn();
  expect(peer.takeTags().filter((tag) => tag === tags.CALL)).toHaveLength(2);

  // The answer is an object of the vat, which now has a shorter path to it.
  const results = buildResults(space, 0);
  results.content.initStruct(1, 1).pointer(0).setCapability(NULL_CAPABILITY);
  writeDescriptor(results.table.initStructList(1, 1, 1).struct(0), {
    ...held,
    type: "receiverHosted",
  });
  peer.send(results.message);
  await turn();
  const sent = [tags.DISEMBARGO, ...(silent ? [] : [tags.RETURN])];
  expect(peer.takeTags()).toEqual(expect.arrayContaining(sent));
  add(4, ahead, 10n);
  await turn();
  add(5, held, 1n);
  peer.send(buildDisembargo(space, root, "receiverLoopback", 0));
  await turn();
  const totals = new Map<number, bigint>();
  for (const { root: message } of peer.received.splice(0)) {
    if (message.struct().uint16(0) !== tags.RETURN) continue;
    const { answerId, outcome } = wire.readReturn(message.struct().pointer(0).struct());
    if (outcome.type !== "results") continue;
    totals.set(answerId, outcome.payload.content.struct().uint64(0));
  }
  expect(totals).toEqual(
    new Map([
      [5, 1n],
      [4, 11n],
    ]),
  );
});

function call(id: number, target: wire.Target, [interfaceId, methodId]: Method): PayloadBuilder {
  return buildCall(space, id, target, { interfaceId, methodId, noPipelining: false });
}

type Method = readonly [interfaceId: bigint, methodId: number];
const GET_HELD: Method = [PEER_ID, 12];
const TAIL: Method = [PEER_ID, 21];

import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { serve } from "#capnp";
import type { MessageBuilder } from "#capnp/wire";
import { Callee, Counter, Peer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { connectRawPeer, COUNTER_ID, space, turn } from "./raw-peer.testing.ts";
import type { RawPeer } from "./raw-peer.testing.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";
import {
  buildCall,
  buildDisembargo,
  buildFinish,
  buildResults,
  buildReturn,
} from "./build-message.ts";
import * as tags from "./message-tags.ts";
import * as wire from "./wire.ts";

describe.each(TRANSPORTS)("over %s, a tail call", (_name, open) => {
  test("gives its results to whoever called first", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    using callee = serve(Callee, {
      give: (number) => ({ number: number + 1n, counter: createCounter() }),
    });
    using results = await vats.root.tail(callee, 41n);
    expect(results.number).toBe(42n);
    expect((await results.counter.add(1n)).total).toBe(1n);
  });

  test("can be pipelined on at once", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const gate = Promise.withResolvers<void>();
    using callee = serve(Callee, {
      async give(number) {
        await gate.promise;
        return { number, counter: createCounter() };
      },
    });
    using pending = vats.root.tail(callee, 1n);
    using counter = pending.counter;
    const calls = [counter.add(1n), counter.add(2n)];
    await vats.root.canceled();
    gate.resolve();
    const totals = await Promise.all(calls);
    expect(totals.map(({ total }) => total)).toEqual([1n, 3n]);
    using results = await pending;
    expect((await results.counter.add(3n)).total).toBe(6n);
  });

  test("of a tail call of a tail call gives the results of the last", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    using last = serve(Callee, { give: (number) => ({ number: number * 2n }) });
    using middle = serve(Callee, { give: (number) => vats.root.tail(last, number + 1n) });
    using results = await vats.root.tail(middle, 20n);
    expect(results.number).toBe(42n);
  });

  test("fails as what it calls fails", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    using callee = serve(Callee, {
      give() {
        throw new Exception("overloaded", "Later");
      },
    });
    await expect(vats.root.tail(callee, 1n)).rejects.toMatchObject({
      kind: "overloaded",
      message: "Later",
    });
  });

  test("is cancelled with the call that made it", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const started = Promise.withResolvers<void>();
    const canceled = Promise.withResolvers<void>();
    using callee = serve(Callee, {
      give: (_number, { signal }) =>
        new Promise((_resolve, reject) => {
          started.resolve();
          signal.addEventListener("abort", () => {
            canceled.resolve();
            reject(signal.reason);
          });
        }),
    });
    const call = vats.root.tail(callee, 1n);
    await started.promise;
    call[Symbol.dispose]();
    await canceled.promise;
  });
});

/*
 * The reference implementation's tail call on a capability of its caller: its call asks the callee to keep the
 * results, and its Return names the call whose results to take.
 */
describe("results that stay here", () => {
  test("are taken for the question that they answer", async () => {
    await using peer = connectRawPeer();
    using counter = serve(Counter, createCounter());
    const { call } = await begin(peer, counter);
    peer.send(take(7));
    expect((await call).total).toBe(5n);
    // The Return of the peer's own call has no results.
    const returned = peer.received.find(({ root }) => root.struct().uint16(0) === 3);
    expect(wire.readReturn(returned?.root.struct().pointer(0).struct() as never).outcome).toEqual({
      type: "resultsSentElsewhere",
    });
    peer.send(buildFinish(space, 7, true));
    await turn();
    expect(peer.connection.failure).toBeUndefined();
    expect(peer.connection.tableSizes.answers).toBe(0);
  });

  test("are taken once", async () => {
    await using peer = connectRawPeer();
    using counter = serve(Counter, createCounter());
    const { call } = await begin(peer, counter);
    using root = peer.connection.bootstrap(Peer);
    const second = expect(root.canceled()).rejects.toThrow();
    peer.send(take(7));
    peer.send(buildReturn(space, 2, { type: "takeFromOtherQuestion", questionId: 7 }).toFrame());
    expect((await call).total).toBe(5n);
    expect(await peer.connection.closed).toMatchObject({ kind: "failed" });
    await second;
  });

  test("outlive the peer's interest in them, once taken", async () => {
    await using peer = connectRawPeer();
    const gate = Promise.withResolvers<void>();
    const counter = createCounter();
    using slow = serve(Counter, {
      ...counter,
      async add(amount, context) {
        await gate.promise;
        return await counter.add(amount, context);
      },
    });
    const { call } = await begin(peer, slow);
    peer.send(take(7));
    peer.send(buildFinish(space, 7, true));
    await turn();
    gate.resolve();
    expect((await call).total).toBe(5n);
  });

  test("outlive this side's interest in them, until the peer has forgotten its call", async () => {
    await using peer = connectRawPeer();
    using root = peer.connection.bootstrap(Peer);
    let live = 0;
    using callee = serve(Callee, {
      give(number) {
        live++;
        return { number, counter: createCounter(() => void live--) };
      },
    });
    const call = root.tail(callee, 2n);
    await turn();
    peer.send(give(9));
    peer.send(take(9));
    (await call)[Symbol.dispose]();
    await turn();
    expect(live).toBe(1);
    peer.send(addPipelined(10, 9));
    await turn();
    const last = peer.received.at(-1)?.root.struct() ?? expect.fail();
    expect(last.uint16(0)).toBe(tags.RETURN);
    const { answerId, outcome } = wire.readReturn(last.pointer(0).struct());
    expect({ answerId, type: outcome.type }).toEqual({ answerId: 10, type: "results" });
    peer.send(buildFinish(space, 9, true));
    await turn();
    expect(live).toBe(0);
  });

  test("are cancelled with the call for which they would have been taken", async () => {
    await using peer = connectRawPeer();
    let canceled = false;
    using never = serve(Counter, {
      calls: () => ({ count: 0 }),
      add: (_amount, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            canceled = true;
            reject(signal.reason);
          });
        }),
    });
    const { call } = await begin(peer, never);
    await turn();
    call[Symbol.dispose]();
    await turn();
    expect(peer.takeTags()).toContain(tags.FINISH);
    // The peer receives a Finish, and cancels its own call.
    peer.send(buildReturn(space, 1, { type: "canceled" }));
    peer.send(buildFinish(space, 7, true));
    await turn();
    expect(canceled).toBe(true);
    expect(peer.connection.tableSizes.answers).toBe(0);
  });

  test("can be pipelined on, though the peer is not asked any more", async () => {
    await using peer = connectRawPeer();
    using root = peer.connection.bootstrap(Peer);
    using callee = serve(Callee, { give: (number) => ({ number, counter: createCounter() }) });
    using pending = root.tail(callee, 2n);
    using ahead = pending.counter;
    const first = ahead.add(1n);
    await turn();
    // The peer forwards the call, as a vat would.
    peer.send(give(9));
    peer.send(addPipelined(10, 9));
    peer.send(take(9));
    using results = await pending;
    expect(results.number).toBe(2n);
    // An embargo: the pipelined call has not come back yet.
    const second = ahead.add(10n);
    await turn();
    peer.send(buildDisembargo(space, { type: "import", id: 0 }, "receiverLoopback", 0));
    const answer = buildResults(space, 2);
    answer.content.initStruct(1, 0).setUint64(0, 1n);
    peer.send(answer.message);
    expect((await first).total).toBe(1n);
    expect((await second).total).toBe(11n);
  });
});

interface Begun {
  readonly call: PromiseLike<{ readonly total: bigint }> & Disposable;
}

/** This side calls; the peer calls back with results kept here, and its Return names that call. */
async function begin(peer: RawPeer, counter: Counter): Promise<Begun> {
  using root = peer.connection.bootstrap(Peer);
  const call = root.callCounter(counter, 5n);
  await turn();
  expect(peer.takeTags()).toContain(tags.CALL);
  const payload = buildCall(
    space,
    7,
    { type: "import", id: 0 },
    { interfaceId: COUNTER_ID, methodId: 0, noPipelining: false },
  );
  payload.content.initStruct(1, 0).setUint64(0, 5n);
  peer.send(toKept(payload.message));
  return { call };
}

function take(questionId: number): Uint8Array {
  return buildReturn(space, 1, { type: "takeFromOtherQuestion", questionId }).toFrame();
}

/** The peer calls the callee it was given, with results to stay here. */
function give(questionId: number): Uint8Array {
  const payload = buildCall(
    space,
    questionId,
    { type: "import", id: 0 },
    { interfaceId: Callee.id, methodId: 0, noPipelining: false },
  );
  payload.content.initStruct(1, 0).setUint64(0, 2n);
  return toKept(payload.message);
}

/** The peer calls the counter of such results. */
function addPipelined(questionId: number, answerId: number): MessageBuilder {
  const payload = buildCall(
    space,
    questionId,
    { type: "answer", questionId: answerId, path: [0] },
    { interfaceId: COUNTER_ID, methodId: 0, noPipelining: false },
  );
  payload.content.initStruct(1, 0).setUint64(0, 1n);
  return payload.message;
}

/** A call whose results stay here: `sendResultsTo.yourself`, in its first word. */
function toKept(call: MessageBuilder): Uint8Array {
  const frame = call.toFrame().slice();
  frame[32 + 6] = 1;
  return frame;
}

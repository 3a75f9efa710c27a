import { describe, expect, test } from "vitest";
import { cast, createPromisedClient, dup, isNull, serve } from "#capnp";
import { connectChain } from "./chain.testing.ts";
import { connect } from "./connection.ts";
import { Counter, Peer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { TRANSPORTS } from "./transports.testing.ts";

describe.each(TRANSPORTS)("over %s, a vat between two others", (_name, open) => {
  test("passes calls, results and capabilities both ways", async () => {
    const served = servePeer();
    await using chain = connectChain(served.peer, open);
    using results = await chain.root.makeCounter();
    expect((await results.counter.add(3n)).total).toBe(3n);
    expect((await chain.root.callCounter(createCounter(), 4n)).total).toBe(4n);
    results[Symbol.dispose]();
    await expect.poll(() => served.liveCounters).toBe(0);
  });

  test("passes pipelined calls without waiting", async () => {
    const served = servePeer();
    const gate = Promise.withResolvers<void>();
    const peer = {
      ...served.peer,
      async makeCounter() {
        await gate.promise;
        return { counter: createCounter() };
      },
    };
    await using chain = connectChain(peer, open);
    using made = chain.root.makeCounter();
    using counter = made.counter;
    const calls = [counter.add(1n), counter.add(2n)];
    await chain.root.canceled();
    // The bootstrap, the call and the two pipelined calls have arrived.
    expect(chain.far.tableSizes.answers).toBeGreaterThanOrEqual(3);
    gate.resolve();
    expect((await Promise.all(calls)).map(({ total }) => total)).toEqual([1n, 3n]);
  });

  test.each(["failed", "overloaded", "disconnected", "unimplemented"])(
    "passes exceptions of type %s as they are",
    async (kind) => {
      const type = ["failed", "overloaded", "disconnected", "unimplemented"].indexOf(kind);
      await using chain = connectChain(servePeer().peer, open);
      await expect(chain.root.fail(type, "as asked")).rejects.toMatchObject({
        kind,
        message: "as asked",
      });
      using wrong = cast(chain.root, Counter);
      await expect(wrong.calls()).rejects.toMatchObject({ kind: "unimplemented" });
    },
  );

  test("passes cancellation, and lets go of what the call held", async () => {
    let live = 1;
    const served = servePeer();
    await using chain = connectChain(served.peer, open);
    const call = chain.root.neverReturn(createCounter(() => void live--));
    await chain.root.canceled();
    call[Symbol.dispose]();
    await expect.poll(async () => (await chain.root.canceled()).count).toBe(1);
    await expect.poll(() => live).toBe(0);
  });

  test("keeps the order of calls on what comes home through it", async () => {
    await using chain = connectChain(servePeer().peer, open);
    const seen: bigint[] = [];
    const counter = createCounter();
    using mine = serve(Counter, {
      ...counter,
      add(amount, context) {
        seen.push(amount);
        return counter.add(amount, context);
      },
    });
    using pending = chain.root.echoCap(mine);
    using ahead = pending.cap;
    using early = cast(ahead, Counter);
    const calls: PromiseLike<unknown>[] = [];
    for (let i = 0; i < 30; i++) {
      calls.push(early.add(BigInt(i)));
      if (i === 10) await Promise.resolve();
      if (i === 20) await chain.root.canceled();
    }
    await Promise.all(calls);
    expect(seen).toEqual(Array.from({ length: 30 }, (_, at) => BigInt(at)));
  });

  test("passes promises, whoever keeps them", async () => {
    await using chain = connectChain(servePeer().peer, open);
    for (const keep of ["mine", "theirs", "nobody's"] as const) {
      using results = await chain.root.promiseCounter();
      const first = results.counter.add(1n);
      const outcome =
        keep === "nobody's"
          ? expect(first).rejects.toMatchObject({ message: "promise was broken" })
          : expect(first).resolves.toMatchObject({ total: 1n });
      using made = keep === "theirs" ? chain.root.makeCounter() : undefined;
      using counter = made?.counter;
      using mine = serve(Counter, createCounter());
      await chain.root.keepPromise(keep === "nobody's" ? null : (counter ?? mine));
      await outcome;
      if (keep !== "nobody's") expect((await results.counter.add(1n)).total).toBe(2n);
    }
  });

  test("passes null as null", async () => {
    await using chain = connectChain(servePeer().peer, open);
    using results = await chain.root.getNull();
    expect(isNull(results.counter)).toBe(true);
    await chain.root.hold(null);
    await expect(chain.root.callHeld(1n)).rejects.toMatchObject({ message: "Nothing is held" });
  });

  test("passes streams, as fast as the far end takes them", async () => {
    await using chain = connectChain(servePeer().peer, open);
    using results = await chain.root.stream();
    for (let i = 0; i < 500; i++) await results.stream.push(i);
    const { sum, count } = await results.stream.finish();
    expect([sum, count]).toEqual([124_750n, 500]);
  });

  test("breaks what it passed when the far end is gone, and stays", async () => {
    await using chain = connectChain(servePeer().peer, open);
    using results = await chain.root.makeCounter();
    const waiting = expect(chain.root.neverReturn(null)).rejects.toMatchObject({
      kind: "disconnected",
    });
    await chain.root.canceled();
    chain.far[Symbol.dispose]();
    await waiting;
    await expect(results.counter.add(1n)).rejects.toMatchObject({ kind: "disconnected" });
    await expect(chain.root.canceled()).rejects.toMatchObject({ kind: "disconnected" });
    expect(chain.near.failure).toBeUndefined();
  });

  test("ends for the far end what the near one had when it is gone", async () => {
    const served = servePeer();
    let live = 1;
    await using chain = connectChain(served.peer, open);
    await chain.root.hold(createCounter(() => void live--));
    using results = await chain.root.makeCounter();
    const waiting = expect(chain.root.neverReturn(null)).rejects.toMatchObject({
      kind: "disconnected",
    });
    await chain.root.canceled();
    expect(served.liveCounters).toBe(1);
    chain.near[Symbol.dispose]();
    await waiting;
    await expect(results.counter.add(1n)).rejects.toMatchObject({ kind: "disconnected" });
    await expect.poll(() => served.liveCounters).toBe(0);
    expect(live).toBe(0);
    expect(chain.middle[1].failure).toBeUndefined();
    served.letGo();
  });

  test("lets two vats that know only it call each other", async () => {
    // A kernel and two cells: one leaves a capability there, the other finds it.
    const served = servePeer();
    using kernel = serve(Peer, served.peer);
    const [one, two] = [open(), open()];
    using kernelToOne = connect(one[0], { bootstrap: kernel });
    using kernelToTwo = connect(two[0], { bootstrap: kernel });
    using cellOne = connect(one[1]);
    using cellTwo = connect(two[1]);
    using atOne = cellOne.bootstrap(Peer);
    using atTwo = cellTwo.bootstrap(Peer);
    let live = 1;
    await atOne.hold(createCounter(() => void live--));
    {
      using found = await atTwo.getHeld();
      using again = dup(found.counter);
      expect((await found.counter.add(1n)).total).toBe(1n);
      expect((await again.add(2n)).total).toBe(3n);
      // Only the first cell is asked.
      expect(kernelToOne.tableSizes.imports).toBe(1);
      cellOne[Symbol.dispose]();
      await kernelToOne.closed;
      await expect(found.counter.add(1n)).rejects.toMatchObject({ kind: "disconnected" });
    }
    expect(live).toBe(0);
    await atTwo.hold(null);
    atTwo[Symbol.dispose]();
    const empty = { questions: 0, answers: 0, exports: 0, imports: 0 };
    await expect.poll(() => kernelToTwo.tableSizes).toEqual(empty);
    await expect.poll(() => cellTwo.tableSizes).toEqual(empty);
    expect(kernelToOne.tableSizes).toEqual(empty);
  });

  test("resolves a promise of one to a capability of the other", async () => {
    const { promise, resolve } = Promise.withResolvers<Counter>();
    const served = servePeer();
    using kernel = serve(Peer, {
      ...served.peer,
      getHeld: () => ({ counter: createPromisedClient(Counter, promise) }),
      hold: (counter) => resolve(dup(counter)),
    });
    const [one, two] = [open(), open()];
    using kernelToOne = connect(one[0], { bootstrap: kernel });
    using kernelToTwo = connect(two[0], { bootstrap: kernel });
    using cellOne = connect(one[1]);
    using cellTwo = connect(two[1]);
    using atOne = cellOne.bootstrap(Peer);
    using atTwo = cellTwo.bootstrap(Peer);
    using held = await atTwo.getHeld();
    const first = [held.counter.add(1n), held.counter.add(2n)];
    await atTwo.canceled();
    await atOne.hold(createCounter());
    const totals = await Promise.all([...first, held.counter.add(3n)]);
    expect(totals.map(({ total }) => total)).toEqual([1n, 3n, 6n]);
    expect([kernelToOne.failure, kernelToTwo.failure]).toEqual([undefined, undefined]);
  });
});

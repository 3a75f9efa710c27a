import { describe, expect, test } from "vitest";
import { cast, dup, serve } from "#capnp";
import { Counter, Peer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";

describe.each(TRANSPORTS)("over %s, a capability", (_name, open) => {
  test("lives until its last client is disposed", async () => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    const results = await vats.root.makeCounter();
    const second = dup(results.counter);
    results[Symbol.dispose]();
    expect((await second.add(1n)).total).toBe(1n);
    expect(served.liveCounters).toBe(1);
    second[Symbol.dispose]();
    await expect.poll(() => served.liveCounters).toBe(0);
  });

  test("is released when its call was given up while the answer was under way", async () => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    for (let i = 0; i < 20; i++) {
      const call = vats.root.makeCounter();
      // The call has left, and at some of the times its answer too.
      for (let turns = 0; turns < i; turns++) await Promise.resolve();
      call[Symbol.dispose]();
    }
    await vats.root.canceled();
    await expect.poll(() => served.liveCounters).toBe(0);
  });

  test("in the results is released with them, pipelined ones on their own", async () => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    using pending = vats.root.makeNested();
    const ahead = pending.outer.middle.counter;
    const results = await pending;
    results[Symbol.dispose]();
    expect((await ahead.add(2n)).total).toBe(2n);
    expect(served.liveCounters).toBe(1);
    ahead[Symbol.dispose]();
    await expect.poll(() => served.liveCounters).toBe(0);
  });

  test("given as a parameter is released when the call returns, or when whoever kept it lets go", async () => {
    let live = 2;
    const given = (): Counter =>
      serve(
        Counter,
        createCounter(() => void live--),
      );
    await using vats = connectVats(Peer, servePeer().peer, open());
    {
      using once = given();
      expect((await vats.root.callCounter(once, 3n)).total).toBe(3n);
    }
    await expect.poll(() => live).toBe(1);
    {
      using kept = given();
      await vats.root.hold(kept);
    }
    await vats.root.callHeld(1n);
    expect(live).toBe(1);
    await vats.root.hold(null);
    await expect.poll(() => live).toBe(0);
  });

  test("given to a call that is given up is released", async () => {
    let live = 1;
    await using vats = connectVats(Peer, servePeer().peer, open());
    const stop = new AbortController();
    const call = vats.root.neverReturn(
      createCounter(() => void live--),
      { signal: stop.signal },
    );
    const outcome = expect(call).rejects.toBe("enough");
    await vats.root.canceled();
    expect(live).toBe(1);
    stop.abort("enough");
    await outcome;
    await expect.poll(() => live).toBe(0);
  });

  test("sent twice is one import, and is released once for both", async () => {
    let live = 1;
    await using vats = connectVats(Peer, servePeer().peer, open());
    {
      using mine = serve(
        Counter,
        createCounter(() => void live--),
      );
      using echoed = await vats.root.echoCounters([mine, mine, mine]);
      // Beside the unused bootstrap there is one export.
      expect(vats.client.tableSizes.exports).toBeLessThanOrEqual(1);
      expect(echoed.counters).toHaveLength(3);
      expect((await echoed.counters[2]?.add(1n))?.total).toBe(1n);
    }
    await expect.poll(() => live).toBe(0);
  });

  test("is not ended by its release while a call on it runs", async () => {
    let ended = false;
    const gate = Promise.withResolvers<void>();
    const slow = {
      async add(amount: bigint) {
        await gate.promise;
        return { total: ended ? -1n : amount };
      },
      calls: () => ({ count: 0 }),
      [Symbol.dispose]: () => void (ended = true),
    };
    const served = servePeer();
    await using vats = connectVats(
      Peer,
      { ...served.peer, makeCounter: () => ({ counter: slow }) },
      open(),
    );
    const results = await vats.root.makeCounter();
    const call = results.counter.add(7n);
    results[Symbol.dispose]();
    await vats.root.canceled();
    expect(ended).toBe(false);
    gate.resolve();
    expect((await call).total).toBe(7n);
    await expect.poll(() => ended).toBe(true);
  });

  test("of which there are a thousand leaves nothing when all are released", async () => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    const all = await Promise.all(
      Array.from({ length: 1000 }, async (_, at) => {
        using results = await vats.root.makeCounter();
        return (await results.counter.add(BigInt(at))).total;
      }),
    );
    expect(all).toEqual(Array.from({ length: 1000 }, (_, at) => BigInt(at)));
    await expect.poll(() => served.liveCounters).toBe(0);
  });

  test("that comes home is the object itself, and nothing is left between", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    using mine = serve(Counter, createCounter());
    using results = await vats.root.echoCap(mine);
    using back = cast(results.cap, Counter);
    await expect.poll(() => vats.server.tableSizes.imports).toBe(0);
    const { questions } = vats.client.tableSizes;
    expect((await back.add(1n)).total).toBe(1n);
    expect((await mine.add(1n)).total).toBe(2n);
    expect(vats.client.tableSizes.questions).toBe(questions);
  });

  test("is let go when it is made for nobody", async () => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    const results = await vats.root.makeCounter();
    // A client that is disposed twice is released once.
    results.counter[Symbol.dispose]();
    results.counter[Symbol.dispose]();
    results[Symbol.dispose]();
    await expect.poll(() => served.liveCounters).toBe(0);
    await expect(async () => results.counter.add(1n)).rejects.toThrow(TypeError);
  });
});

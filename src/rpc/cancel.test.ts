import { describe, expect, test } from "vitest";
import { dup, serve } from "#capnp";
import { Counter, Peer } from "./interop/generated/interop.ts";
import type { PeerServer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { connectRawPeer, turn } from "./raw-peer.testing.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";
import * as tags from "./message-tags.ts";

describe.each(TRANSPORTS)("over %s, a call", (_name, open) => {
  test("fails with its signal's reason, and the served method is told", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const stop = new AbortController();
    const call = vats.root.neverReturn(null, { signal: stop.signal });
    const outcome = expect(call).rejects.toBe("enough");
    await vats.root.canceled();
    stop.abort("enough");
    await outcome;
    await expect.poll(async () => (await vats.root.canceled()).count).toBe(1);
  });

  test("is one of 16 000 with one signal, which ends them all", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const stop = new AbortController();
    const calls = Array.from({ length: 16_000 }, () =>
      vats.root.neverReturn(null, { signal: stop.signal }).then(
        () => "results",
        (reason: unknown) => reason,
      ),
    );
    await vats.root.canceled();
    stop.abort("enough");
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["enough"]));
    await expect
      .poll(async () => (await vats.root.canceled()).count, { timeout: 20_000 })
      .toBe(16_000);
  }, 30_000);

  test("is cancelled when it is disposed, and no other is", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const stop = new AbortController();
    const calls = Array.from({ length: 10 }, () => vats.root.neverReturn(null));
    const other = vats.root.neverReturn(null, { signal: stop.signal });
    const outcome = expect(other).rejects.toBe("at last");
    await vats.root.canceled();
    for (const call of calls) call[Symbol.dispose]();
    await expect.poll(async () => (await vats.root.canceled()).count).toBe(10);
    stop.abort("at last");
    await outcome;
    await expect.poll(async () => (await vats.root.canceled()).count).toBe(11);
  });

  test("goes on while somebody holds what it will give", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const ahead = vats.root.neverReturn(null).counter;
    const again = dup(ahead);
    ahead[Symbol.dispose]();
    await vats.root.canceled();
    expect((await vats.root.canceled()).count).toBe(0);
    again[Symbol.dispose]();
    await expect.poll(async () => (await vats.root.canceled()).count).toBe(1);
  });

  test("fails for whoever waits when somebody else gives it up", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const call = vats.root.neverReturn(null);
    const outcome = expect(call.then(() => undefined)).rejects.toMatchObject({
      message: "Call was canceled",
    });
    call[Symbol.dispose]();
    await outcome;
  });

  test("that is given up before it leaves is never made", async () => {
    let made = 0;
    const served = servePeer();
    const peer: PeerServer = { ...served.peer, makeCounter: () => (made++, { counter: null }) };
    await using vats = connectVats(Peer, peer, open());
    const signal = AbortSignal.abort("too late");
    await expect(vats.root.makeCounter({ signal })).rejects.toBe("too late");
    await vats.root.canceled();
    expect(made).toBe(0);
  });

  test("that has returned is no more concerned by its signal", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const stop = new AbortController();
    using results = await vats.root.makeCounter({ signal: stop.signal });
    stop.abort("too late");
    expect((await results.counter.add(1n)).total).toBe(1n);
    expect((await vats.root.canceled()).count).toBe(0);
  });

  test("is cancelled when its connection ends, whichever side ends it", async () => {
    for (const side of ["client", "server"] as const) {
      let live = 1;
      const canceled = Promise.withResolvers<void>();
      const served = servePeer();
      const peer: PeerServer = {
        ...served.peer,
        neverReturn: (counter, context) => {
          context.signal.addEventListener("abort", () => canceled.resolve());
          return served.peer.neverReturn(counter, context);
        },
      };
      await using vats = connectVats(Peer, peer, open());
      const call = vats.root.neverReturn(createCounter(() => void live--));
      const outcome = expect(call).rejects.toMatchObject({ kind: "disconnected" });
      await vats.root.canceled();
      vats[side][Symbol.dispose]();
      await outcome;
      await canceled.promise;
      await expect.poll(() => live).toBe(0);
    }
  });

  test("cancelled together with many others leaves nothing", async () => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    const outcomes: Promise<unknown>[] = [];
    for (let i = 0; i < 200; i++) {
      const stop = new AbortController();
      const options = { signal: stop.signal };
      const call = i % 2 === 0 ? vats.root.makeCounter(options) : vats.root.makeNested(options);
      const settled = Promise.resolve(call).then(
        (results) => results[Symbol.dispose](),
        (error: unknown) => expect(error).toBe("enough"),
      );
      outcomes.push(settled);
      for (let turns = 0; turns < i % 7; turns++) await Promise.resolve();
      if (i % 3 !== 0) stop.abort("enough");
    }
    await Promise.all(outcomes);
    await expect.poll(() => served.liveCounters).toBe(0);
  });
});

test("a call that is given up sends one Finish, and its late results are released by it", async () => {
  await using peer = connectRawPeer();
  using root = peer.connection.bootstrap(Peer);
  using counter = serve(Counter, createCounter());
  const call = root.echoCap(counter);
  await turn();
  call[Symbol.dispose]();
  await turn();
  const finishes = peer.received.filter(
    ({ root: message }) => message.struct().uint16(0) === tags.FINISH,
  );
  expect(finishes).toHaveLength(1);
  const finish = finishes[0]?.root.struct().pointer(0).struct();
  expect(finish?.uint32(0)).toBe(1);
  expect(finish?.bool(32, true)).toBe(true);
});

test("a method is told by a signal that has fired already, if it asks late", async () => {
  const asked = Promise.withResolvers<boolean>();
  const started = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  await using vats = connectVats(Peer, {
    ...servePeer().peer,
    async makeCounter(context) {
      started.resolve();
      await gate.promise;
      asked.resolve(context.signal.aborted);
      return { counter: null };
    },
  });
  const call = vats.root.makeCounter();
  await started.promise;
  call[Symbol.dispose]();
  await vats.root.canceled();
  gate.resolve();
  expect(await asked.promise).toBe(true);
});

import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import type { Exception as Reason } from "#base";
import { AnyClient, cast, dup, isNull, onBroken, serve } from "#capnp";
import type { Client } from "#capnp";
import { capabilityOf, innermost, MessageBuilder } from "#capnp/wire";
import type { Capability } from "#capnp/wire";
import { connect, createMemoryTransports } from "#rpc";
import type { Connection } from "#rpc";
// oxlint-disable-next-line no-restricted-imports -- a schema for tests, which no door gives
import { Counter, Peer } from "../rpc/interop/generated/interop.ts";
// oxlint-disable-next-line no-restricted-imports -- objects for tests, which no door gives
import { createCounter, servePeer } from "../rpc/interop/serve-peer.ts";
import { Boundary } from "./boundary.ts";
import type { BoundaryPolicy, CrossingCall } from "./policy.ts";
import { createRefusal } from "./refusal.ts";

const ALL: BoundaryPolicy = { check: () => undefined, checkResults: () => undefined };
const REVOKED = { message: expect.stringContaining("target-revoked") };
const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };

describe.each([
  ["in one vat", openHere],
  ["behind a connection", openRemote],
] as const)("%s, Boundary", (_name, open) => {
  test("cuts a callback that was passed in, together with what was handed out", async () => {
    let refused: Reason | undefined;
    await using bench = open({ check: () => refused, checkResults: () => refused });
    using mine = serve(Counter, createCounter());
    await bench.outside.hold(mine);
    expect((await bench.outside.callHeld(2n)).total).toBe(2n);
    expect((await bench.inside.callHeld(3n)).total).toBe(5n);
    refused = createRefusal("revoked");
    // The object inside holds the stand-in that the boundary has cut, not the capability that was passed.
    await expect(bench.inside.callHeld(4n)).rejects.toMatchObject(REVOKED);
    await expect(bench.outside.callHeld(4n)).rejects.toMatchObject(REVOKED);
    expect((await mine.calls()).count).toBe(2);
  });

  test("lets what was passed in come home as itself", async () => {
    await using bench = open(ALL);
    using mine = serve(Counter, createCounter());
    await bench.outside.hold(mine);
    using inside = await bench.inside.getHeld();
    expect(identityOf(inside.counter)).not.toBe(identityOf(mine));
    using back = await bench.outside.getHeld();
    expect(identityOf(back.counter)).toBe(identityOf(mine));
    using echoed = await bench.outside.echoCap(mine);
    expect(identityOf(echoed.cap)).toBe(identityOf(mine));
    using list = await bench.outside.echoCounters([mine, back.counter]);
    expect(list.counters.map(identityOf)).toEqual([identityOf(mine), identityOf(mine)]);
  });

  test("lets what was handed out come home as itself", async () => {
    await using bench = open(ALL);
    using made = await bench.inside.makeCounter();
    await bench.inside.hold(made.counter);
    using out = await bench.outside.getHeld();
    expect(identityOf(out.counter)).not.toBe(identityOf(made.counter));
    await bench.outside.hold(out.counter);
    using back = await bench.inside.getHeld();
    expect(identityOf(back.counter)).toBe(identityOf(made.counter));
  });

  test("gives one stand-in for one capability, while anybody holds it", async () => {
    await using bench = open(ALL);
    using made = await bench.inside.makeCounter();
    await bench.inside.hold(made.counter);
    using one = await bench.outside.getHeld();
    using other = await bench.outside.getHeld();
    expect(identityOf(one.counter)).toBe(identityOf(other.counter));
  });

  test("leaves null what is null", async () => {
    await using bench = open(ALL);
    using nothing = await bench.outside.getNull();
    expect(isNull(nothing.counter)).toBe(true);
    await bench.outside.hold(null);
    await expect(bench.outside.callHeld(1n)).rejects.toThrow("Nothing is held");
  });

  test("lets what was passed in come home also where it was called ahead on", async () => {
    await using bench = open(ALL);
    const mine = serve(Counter, createCounter());
    await bench.outside.hold(mine);
    {
      using call = bench.outside.getHeld();
      using ahead = call.counter;
      expect((await ahead.add(1n)).total).toBe(1n);
      await bench.outside.hold(ahead);
      using inside = await bench.inside.getHeld();
      await inside.counter.add(2n);
    }
    expect((await mine.calls()).count).toBe(2);
    using back = await bench.outside.getHeld();
    expect(identityOf(back.counter)).toBe(identityOf(mine));
    mine[Symbol.dispose]();
  });

  test("asks by method and by argument, in both directions", async () => {
    const asked: string[] = [];
    const policy: BoundaryPolicy = {
      check: (call) => {
        asked.push(`${call.target} ${call.interfaceId === Counter.id ? "Counter" : "Peer"}`);
        return checkAmount(call);
      },
      checkResults: () => undefined,
    };
    await using bench = open(policy);
    using mine = serve(Counter, createCounter());
    expect((await bench.outside.callCounter(mine, 5n)).total).toBe(5n);
    expect(asked).toEqual(["out Peer", "in Counter"]);
    await expect(bench.outside.callCounter(mine, 50n)).rejects.toThrow("More than 10");
    expect((await bench.outside.callCounter(mine, 1n)).total).toBe(6n);
    // Not on the list.
    await expect(bench.outside.fail(0, "never")).rejects.toThrow("denied");
  });

  test("tells no results of what may not be called any more", async () => {
    let refused: Reason | undefined;
    await using bench = open({ check: () => undefined, checkResults: () => refused });
    refused = createRefusal("revoked");
    await expect(bench.outside.makeCounter()).rejects.toMatchObject(REVOKED);
    await expect.poll(async () => (await bench.inside.liveCounters()).count).toBe(0);
  });
});

test("Boundary tells that what is behind it has broken", async () => {
  const [near, far] = createMemoryTransports();
  using bootstrap = serve(Peer, servePeer().peer);
  const host = connect(far, { bootstrap });
  using guest = connect(near);
  using client = new Boundary(ALL).handOut(guest.bootstrap(Peer), Peer);
  const reasons: unknown[] = [];
  onBroken(client, (reason) => reasons.push(reason));
  await client.liveCounters();
  host[Symbol.dispose]();
  await expect.poll(() => reasons).toEqual([expect.objectContaining({ kind: "disconnected" })]);
});

test("Boundary has results written where they are sent from, also behind another one", () => {
  const sent = new MessageBuilder({ takesClients: true });
  let opened = 0;
  const slot = { open: () => (opened++, sent.root) };
  using inside = serve(Peer, servePeer().peer);
  using once = new Boundary(ALL).handOut(dup(inside), Peer);
  using twice = new Boundary(ALL).handOut(dup(once), Peer);
  const answer = capabilityOf(twice).call({
    interfaceId: Peer.id,
    methodId: 6,
    noPipelining: true,
    results: slot,
    params: { dataWords: 0, pointers: 0, write: () => undefined },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  answer.settled((results) => {
    expect(opened).toBe(1);
    const [capability] = sent.capabilities;
    expect(results.struct().pointer(0).capability()).toBe(capability);
    // The capability table of the boundary nearest to the caller.
    expect(sent.capabilities).toHaveLength(1);
    resolve();
  }, reject);
  return promise.finally(() => answer.release());
});

/** Allows `add` up to 10, and of the other methods those that take a counter. */
function checkAmount(call: CrossingCall): Reason | undefined {
  if (call.interfaceId !== Counter.id) {
    return call.methodId === 9 ? undefined : createRefusal("denied");
  }
  const amount = call.readParams().struct().int64(0);
  return amount > 10n ? new Exception("failed", "More than 10 at once") : undefined;
}

function identityOf(client: Client): Capability {
  return innermost(capabilityOf(client));
}

interface Bench extends AsyncDisposable {
  /** The same object as callers outside and inside see it. */
  readonly outside: Peer;
  readonly inside: Peer;
}

function openHere(policy: BoundaryPolicy): Bench {
  const served = servePeer();
  const inside = serve(Peer, served.peer);
  const outside = new Boundary(policy).handOut(dup(inside), Peer);
  return {
    inside,
    outside,
    async [Symbol.asyncDispose]() {
      outside[Symbol.dispose]();
      served.letGo();
      await expect.poll(() => served.liveCounters).toBe(0);
      inside[Symbol.dispose]();
    },
  };
}

function openRemote(policy: BoundaryPolicy): Bench {
  const served = servePeer();
  const inside = serve(Peer, served.peer);
  using bootstrap = new Boundary(policy).handOut(cast(inside, AnyClient), AnyClient);
  const [near, far] = createMemoryTransports();
  const host: Connection = connect(far, { bootstrap });
  const guest: Connection = connect(near);
  const outside = guest.bootstrap(Peer);
  return {
    inside,
    outside,
    async [Symbol.asyncDispose]() {
      outside[Symbol.dispose]();
      served.letGo();
      await expect.poll(() => guest.tableSizes).toEqual(EMPTY);
      await expect.poll(() => host.tableSizes).toEqual(EMPTY);
      await expect.poll(() => served.liveCounters).toBe(0);
      guest[Symbol.dispose]();
      host[Symbol.dispose]();
      inside[Symbol.dispose]();
    },
  };
}

import { describe, expect, test } from "vitest";
import { cast, dup, isNull, onBroken, serve } from "#capnp";
import type { Client } from "#capnp";
import { capabilityOf, innermost, MessageReader } from "#capnp/wire";
import type { Capability } from "#capnp/wire";
import { Executor } from "#schema";
import { connect, createMemoryTransports } from "#rpc";
// oxlint-disable-next-line no-restricted-imports -- a schema for tests, which no door gives
import { Counter, PoliteGreeter, Peer, Stream } from "../rpc/interop/generated/interop.ts";
// oxlint-disable-next-line no-restricted-imports -- objects for tests, which no door gives
import { createCounter, servePeer } from "../rpc/interop/serve-peer.ts";
import { attenuate } from "./attenuate.ts";
import { createPolicy } from "./create-policy.ts";
import type { PolicyOptions } from "./create-policy.ts";
import type { Lifetime } from "./lifetime.ts";
import { createRevoker } from "./revoker.ts";

const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };
const ADD = { interface: Counter, methods: ["add"] };

const denied = (method: string, rule: string): object => ({
  kind: "failed",
  message: `ww-membrane/permission-denied: Cannot call ${method} of guest: ${rule}`,
});

describe.each([
  ["in one vat", 0],
  ["behind a connection", 1],
  ["through a second vat", 2],
] as const)("%s, attenuate()", (_name, connections) => {
  const open = (policy: Omit<PolicyOptions, "label">, lifetimes: readonly Lifetime[] = []): Bench =>
    openBench(policy, connections, lifetimes);

  test("denies methods and interfaces that are not named, in results too", async () => {
    await using bench = open({
      allow: [{ interface: Peer, methods: ["makeCounter", "stream", "echoCap"] }, ADD],
    });
    using made = await bench.outside.makeCounter();
    expect((await made.counter.add(2n)).total).toBe(2n);
    await expect(made.counter.calls()).rejects.toMatchObject(
      denied("Counter.calls", "the grant does not include it"),
    );
    using given = await bench.outside.stream();
    await expect(given.stream.finish()).rejects.toThrow("permission-denied");
    await expect(bench.outside.liveCounters()).rejects.toThrow("permission-denied");
  });

  test("denies forged interface ids and casts", async () => {
    await using bench = open({ allow: [ADD] });
    using casted = cast(bench.outside, Counter);
    // "allow" lists Counter's method, so the call reaches the object, which does not implement it.
    await expect(casted.add(1n)).rejects.toMatchObject({ kind: "unimplemented" });
    using stream = cast(bench.outside, Stream);
    await expect(stream.finish()).rejects.toThrow("permission-denied");
    using back = cast(casted, Peer);
    await expect(back.liveCounters()).rejects.toThrow("permission-denied");
  });

  test("asks what is called ahead, and what it leads to", async () => {
    await using bench = open({ allow: [{ interface: Peer, methods: ["makeCounter"] }, ADD] });
    using pending = bench.outside.makeCounter();
    expect((await pending.counter.add(1n)).total).toBe(1n);
    await expect(pending.counter.calls()).rejects.toThrow("permission-denied");
  });

  test("asks arguments and results by name, and does not tell them", async () => {
    await using bench = open({
      allow: [
        { interface: Peer, methods: ["greeter", "makeCounter"] },
        {
          interface: PoliteGreeter,
          methods: [
            {
              name: "greet",
              params: { name: { oneOf: ["Ann", "Bo"] } },
              results: { text: { limitBytes: 10 } },
            },
          ],
        },
        { interface: Counter, methods: [{ name: "add", params: { amount: { atMost: 10 } } }] },
      ],
    });
    using given = await bench.outside.greeter();
    expect((await given.greeter.greet("Bo", 1)).text).toBe("hello Bo;");
    await expect(given.greeter.greet("Eve", 1)).rejects.toMatchObject(
      denied("PoliteGreeter.greet", '"name" breaks the rule "oneOf"'),
    );
    await expect(given.greeter.greet("Bo", 2)).rejects.toMatchObject(
      denied("PoliteGreeter.greet", '"text" breaks the rule "limitBytes"'),
    );
    using made = await bench.outside.makeCounter();
    await expect(made.counter.add(11n)).rejects.toThrow('"amount" breaks the rule "atMost"');
    expect((await made.counter.add(10n)).total).toBe(10n);
  });

  test("counts calls, also those ahead, once", async () => {
    await using bench = open({
      allow: [
        { interface: Peer, methods: [{ name: "makeCounter", calls: 2 }] },
        { interface: Counter, methods: [{ name: "add", calls: 2 }] },
      ],
      calls: 4,
    });
    using pending = bench.outside.makeCounter();
    const [first, second] = [pending.counter.add(1n), pending.counter.add(1n)];
    expect((await first).total + (await second).total).toBe(3n);
    await expect(pending.counter.add(1n)).rejects.toMatchObject(
      denied("Counter.add", 'the limit "calls" is reached'),
    );
    (await bench.outside.makeCounter())[Symbol.dispose]();
    await expect(bench.outside.makeCounter()).rejects.toThrow('the limit "calls" is reached');
  });

  test("counts the bytes of parameters and results", async () => {
    await using bench = open({
      allow: [{ interface: Peer, methods: ["greeter"] }, { interface: PoliteGreeter }],
      bytes: 30,
    });
    using given = await bench.outside.greeter();
    // Charges 3 and 10 bytes, then 3 and 20.
    await given.greeter.greet("Ann", 1);
    await expect(given.greeter.greet("Ann", 2)).rejects.toMatchObject(
      denied("PoliteGreeter.greet", 'the limit "bytes" is reached'),
    );
    await expect(given.greeter.greet("Ann", 1)).rejects.toThrow('"bytes" is reached');
  });

  test("allows so many calls in a time, and none after the expiry, which onBroken tells", async () => {
    await using bench = open({ rate: { calls: 2, perMs: 100 }, expiresMs: 1000 });
    await bench.outside.liveCounters();
    await bench.outside.liveCounters();
    await expect(bench.outside.liveCounters()).rejects.toThrow('"rate" is reached');
    bench.clock.ms += 50;
    await bench.outside.liveCounters();
    await expect(bench.outside.liveCounters()).rejects.toThrow('"rate" is reached');
    bench.clock.ms = 1000;
    const reasons: unknown[] = [];
    onBroken(bench.guarded, (reason) => reasons.push(reason));
    await expect(bench.outside.liveCounters()).rejects.toMatchObject({
      message: expect.stringContaining("target-revoked: guest has expired"),
    });
    expect(reasons).toHaveLength(1);
  });

  test("lets those inside call what was handed in, until it is revoked", async () => {
    const grant = createRevoker("grant");
    await using bench = open(
      { allow: [{ interface: Peer, methods: ["hold", "getHeld", "getNull"] }] },
      [grant.lifetime],
    );
    using mine = serve(Counter, createCounter());
    await bench.outside.hold(mine);
    expect((await bench.inside.callHeld(1n)).total).toBe(1n);
    {
      using home = await bench.outside.getHeld();
      // It came home, and is not attenuated.
      expect((await home.counter.add(1n)).total).toBe(2n);
      using nothing = await bench.outside.getNull();
      expect(isNull(nothing.counter)).toBe(true);
    }
    grant.revoke();
    await expect(bench.inside.callHeld(1n)).rejects.toThrow("target-revoked");
  });

  test("fails a call whose arguments cannot be read", async () => {
    await using bench = open({
      allow: [
        { interface: Peer, methods: [{ name: "callHeld", params: { amount: { atMost: 1 } } }] },
      ],
    });
    // A list where the struct should be.
    const root = MessageReader.fromFrame(
      Uint8Array.of(0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ).root;
    const answer = capabilityOf(bench.guarded).call({
      interfaceId: Peer.id,
      methodId: 11,
      noPipelining: true,
      results: undefined,
      params: { root, release: () => undefined },
    });
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    answer.settled(resolve, reject);
    await expect(promise).rejects.toMatchObject({ kind: "failed" });
    answer.release();
  });
});

describe("attenuate() of what is attenuated", () => {
  const clock = { nowMs: () => 0 };
  const once = (
    client: Counter,
    label: string,
    options: Omit<PolicyOptions, "label"> = {},
  ): Counter => attenuate(dup(client), Counter, createPolicy({ label, ...options }), { clock });

  test("allows what both allow, in either order, and the first asked is the last added", async () => {
    using counter = serve(Counter, createCounter());
    const small = {
      allow: [
        { interface: Counter, methods: [{ name: "add", params: { amount: { atMost: 10 } } }] },
      ],
    };
    for (const [first, second] of [
      [small, { calls: 1 }],
      [{ calls: 1 }, small],
    ] as const) {
      using outer = once(once(counter, "a", first), "b", second);
      await expect(outer.add(11n)).rejects.toThrow('"amount"');
      await expect(outer.calls()).rejects.toThrow("permission-denied");
      if (first === small) continue;
      await outer.add(1n);
      await expect(outer.add(1n)).rejects.toThrow(/Cannot call .* of a:/);
    }
  });

  test("makes one layer, whatever the depth", () => {
    using counter = serve(Counter, createCounter());
    let wrapped = dup(counter);
    for (let i = 0; i < 10; i++) {
      using before = wrapped;
      wrapped = once(before, String(i));
    }
    const layer = innermost(capabilityOf(wrapped)) as unknown as { readonly inner: unknown };
    expect(layer.inner).toBe(capabilityOf(counter));
    wrapped[Symbol.dispose]();
  });

  test("comes home through as many boundaries as it has crossed, and sheds no other", async () => {
    using peer = serve(Peer, servePeer().peer);
    const policy = createPolicy({
      label: "narrow",
      allow: [{ interface: Peer, methods: ["echoCap", "hold", "getHeld"] }, ADD],
    });
    using wide = attenuate(dup(peer), Peer, createPolicy({ label: "wide" }), { clock });
    using narrow = attenuate(dup(wide), Peer, policy, { clock });
    using made = await peer.makeCounter();
    await peer.hold(made.counter);
    // A capability of the wide attenuation, attenuated once more by its holder.
    using wideMade = await wide.getHeld();
    using held = attenuate(dup(wideMade.counter), Counter, policy, { clock });
    await expect(held.calls()).rejects.toThrow("permission-denied");
    // Passed through the wider one and back, it is as narrow as before.
    using echoed = await wide.echoCap(held);
    using back = cast(echoed.cap, Counter);
    await expect(back.calls()).rejects.toThrow("permission-denied");
    expect((await back.add(1n)).total).toBe(1n);
    // A capability that the holder passes in is itself again when it comes back.
    using echoedWide = await narrow.echoCap(wideMade.counter);
    expect(identityOf(echoedWide.cap)).toBe(identityOf(wideMade.counter));
    // A capability that has come out through both boundaries is itself inside.
    using given = await narrow.getHeld();
    await expect(given.counter.calls()).rejects.toThrow("permission-denied");
    await narrow.hold(given.counter);
    using inside = await peer.getHeld();
    expect(identityOf(inside.counter)).toBe(identityOf(made.counter));
  });
});

test("attenuate() counts the limits of a policy anew for each grant", async () => {
  const policy = createPolicy({ label: "guest", allow: [{ interface: Executor }], calls: 1 });
  const served = serve(Executor, {
    echo: (message) => ({ response: message }),
    runBytes: () => ({}),
  });
  for (let i = 0; i < 2; i++) {
    using client = attenuate(dup(served), Executor, policy, { clock: { nowMs: () => 0 } });
    await client.echo("x");
    await expect(client.echo("x")).rejects.toThrow('"calls" is reached');
  }
  served[Symbol.dispose]();
});

test("attenuate() narrows one capability a hundred times, and no thousand", async () => {
  const policy = createPolicy({ label: "guest", allow: [{ interface: Counter }] });
  let isGone = false;
  const counter = { ...createCounter(), [Symbol.dispose]: () => void (isGone = true) };
  const served = serve(Counter, counter);
  const narrow = (client: Counter): Counter =>
    attenuate(client, Counter, policy, { clock: { nowMs: () => 0 } });
  let some = served;
  for (let i = 0; i < 100; i++) some = narrow(some);
  expect((await some.add(1n)).total).toBe(1n);
  let many = dup(some);
  for (let i = 0; i < 1000; i++) many = narrow(many);
  await expect(many.add(1n)).rejects.toMatchObject({ kind: "overloaded" });
  many[Symbol.dispose]();
  expect(isGone).toBe(false);
  some[Symbol.dispose]();
  expect(isGone).toBe(true);
});

function identityOf(client: Client): Capability {
  return innermost(capabilityOf(client));
}

interface Bench extends AsyncDisposable {
  readonly clock: { ms: number };
  readonly guarded: Peer;
  readonly outside: Peer;
  readonly inside: Peer;
}

function openBench(
  options: Omit<PolicyOptions, "label">,
  connections: number,
  lifetimes: readonly Lifetime[],
): Bench {
  const served = servePeer();
  const inside = serve(Peer, served.peer);
  const clock = { ms: 0 };
  const policy = createPolicy({ label: "guest", ...options });
  const guarded = attenuate(dup(inside), Peer, policy, {
    clock: { nowMs: () => clock.ms },
    lifetimes,
  });
  const open: { readonly tableSizes: object; [Symbol.dispose](): void }[] = [];
  let outside = dup(guarded);
  for (let i = 0; i < connections; i++) {
    const [near, far] = createMemoryTransports();
    const guest = connect(near);
    open.push(connect(far, { bootstrap: outside }), guest);
    outside[Symbol.dispose]();
    outside = guest.bootstrap(Peer);
  }
  return {
    clock,
    guarded,
    inside,
    outside,
    async [Symbol.asyncDispose]() {
      outside[Symbol.dispose]();
      guarded[Symbol.dispose]();
      served.letGo();
      for (const connection of open.toReversed()) {
        await expect.poll(() => connection.tableSizes).toEqual(EMPTY);
        connection[Symbol.dispose]();
      }
      await expect.poll(() => served.liveCounters).toBe(0);
      inside[Symbol.dispose]();
    },
  };
}

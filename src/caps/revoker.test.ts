import { describe, expect, test } from "vitest";
import { createPromisedClient, dup, onBroken, serve } from "#capnp";
import { connect, createMemoryTransports } from "#rpc";
import type { Connection } from "#rpc";
// oxlint-disable-next-line no-restricted-imports -- a schema for tests, which no door gives
import { Counter, Peer } from "../rpc/interop/generated/interop.ts";
// oxlint-disable-next-line no-restricted-imports -- objects for tests, which no door gives
import { createCounter, servePeer } from "../rpc/interop/serve-peer.ts";
import { createEpochs } from "./epochs.ts";
import { createGuard } from "./guard.ts";
import { OwnedLifetime } from "./lifetime.ts";
import type { Lifetime } from "./lifetime.ts";
import { createRevoker } from "./revoker.ts";

const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };
const REVOKED = {
  kind: "failed",
  message: expect.stringContaining('wetware/call-guard/target-revoked: "grant" was revoked'),
};

describe("createRevoker()", () => {
  test("ends everything derived, and tells what died in the order of derivation", () => {
    const root = createRevoker("root");
    const [left, right] = [root.derive("left"), root.derive("right")];
    const leaf = left.derive("leaf");
    expect(left.revoke()).toEqual(["left", "leaf"]);
    expect(right.lifetime.ended).toBeUndefined();
    expect(leaf.lifetime.ended?.message).toContain('"left" was revoked');
    expect(root.revoke()).toEqual(["root", "right"]);
    expect(root.revoke()).toEqual([]);
    expect(leaf.revoke()).toEqual([]);
  });

  test("derives from what was revoked only what is revoked", () => {
    const root = createRevoker("root");
    root.revoke();
    expect(root.derive("late").lifetime.ended?.refusal).toBe("revoked");
  });

  test("has all lifetimes ended before it tells anybody", () => {
    const root = createRevoker("root");
    const leaf = root.derive("leaf");
    const seen: unknown[] = [];
    root.lifetime.whenEnded(() => seen.push(leaf.lifetime.ended?.refusal));
    root.revoke();
    expect(seen).toEqual(["revoked"]);
  });

  test("takes a chain of 100 000 derived grants", () => {
    const root = createRevoker("0");
    let last = root;
    for (let i = 1; i < 100_000; i++) last = last.derive(String(i));
    expect(root.revoke()).toHaveLength(100_000);
    expect(last.lifetime.ended).toBeDefined();
  });
});

describe.each([
  ["in one vat", openHere],
  ["behind a connection", openRemote],
  ["through a second vat", openProxied],
] as const)("%s, a revocation", (_name, open) => {
  test("ends calls in flight, cancels them inside, and refuses later ones", async () => {
    const grant = createRevoker("grant");
    await using bench = open(grant.lifetime);
    const waiting = bench.outside.neverReturn(null);
    const refused = expect(waiting).rejects.toMatchObject(REVOKED);
    await bench.outside.liveCounters();
    expect(grant.revoke()).toEqual(["grant"]);
    await refused;
    await expect(bench.outside.liveCounters()).rejects.toMatchObject(REVOKED);
    expect((await bench.inside.canceled()).count).toBe(1);
  });

  test("reaches a kept child of what was revoked", async () => {
    const parent = createRevoker("grant");
    const child = parent.derive("child");
    await using bench = open(child.lifetime);
    using made = await bench.outside.makeCounter();
    using kept = dup(made.counter);
    expect((await kept.add(1n)).total).toBe(1n);
    parent.revoke();
    await expect(kept.add(1n)).rejects.toMatchObject(REVOKED);
  });

  test("does not deliver what was called ahead and waits inside", async () => {
    const grant = createRevoker("grant");
    await using bench = open(grant.lifetime);
    const mine = createCounter();
    using target = serve(Counter, mine);
    using promised = await bench.outside.promiseCounter();
    const adding = promised.counter.add(1n);
    const refused = expect(adding).rejects.toMatchObject(REVOKED);
    await bench.outside.liveCounters();
    grant.revoke();
    await bench.inside.keepPromise(target);
    await refused;
    await expect(promised.counter.add(1n)).rejects.toMatchObject(REVOKED);
    expect((await target.calls()).count).toBe(0);
  });

  test("cuts a callback that was handed in before", async () => {
    const grant = createRevoker("grant");
    await using bench = open(grant.lifetime);
    using mine = serve(Counter, createCounter());
    await bench.outside.hold(mine);
    expect((await bench.inside.callHeld(1n)).total).toBe(1n);
    grant.revoke();
    await expect(bench.inside.callHeld(1n)).rejects.toMatchObject(REVOKED);
    expect((await mine.calls()).count).toBe(1);
  });

  test("refuses a promise that is kept by what was revoked", async () => {
    const grant = createRevoker("grant");
    await using bench = open(new OwnedLifetime());
    const guarded = createGuard(grant.lifetime).handOut(serve(Counter, createCounter()), Counter);
    using promised = await bench.outside.promiseCounter();
    await bench.inside.keepPromise(guarded);
    expect((await promised.counter.add(1n)).total).toBe(1n);
    grant.revoke();
    await expect(promised.counter.add(1n)).rejects.toMatchObject(REVOKED);
    guarded[Symbol.dispose]();
  });

  test("ends a tail call in flight", async () => {
    const grant = createRevoker("grant");
    await using bench = open(grant.lifetime);
    const { promise, resolve } = Promise.withResolvers<object>();
    const calling = bench.outside.tail({ give: () => promise }, 1n);
    const refused = expect(calling).rejects.toMatchObject(REVOKED);
    await bench.outside.liveCounters();
    grant.revoke();
    await refused;
    resolve({});
  });
});

test("an epoch that passes ends calls in flight, and what was issued under it stays refused", async () => {
  const epochs = createEpochs(Uint8Array.of(1));
  await using bench = openRemote(epochs.current.lifetime);
  const stale = { message: expect.stringContaining("staleEpoch") };
  const refused = expect(bench.outside.neverReturn(null)).rejects.toMatchObject(stale);
  await bench.outside.liveCounters();
  epochs.advance(Uint8Array.of(2));
  await refused;
  await expect(bench.outside.liveCounters()).rejects.toMatchObject(stale);
  expect(epochs.current.lifetime.ended).toBeUndefined();
});

describe("onBroken() of a guarded client", () => {
  test("tells of a revocation, once, and at once when it has come", () => {
    const grant = createRevoker("grant");
    using client = createGuard(grant.lifetime).handOut(serve(Counter, createCounter()), Counter);
    const reasons: unknown[] = [];
    onBroken(client, (reason) => reasons.push(reason));
    grant.revoke();
    expect(reasons).toEqual([expect.objectContaining(REVOKED)]);
    onBroken(client, (reason) => reasons.push(reason));
    expect(reasons).toHaveLength(2);
  });

  test("tells of a revocation while it is a promise that nobody keeps", () => {
    const grant = createRevoker("grant");
    const promised = createPromisedClient(Counter, new Promise<Counter>(() => undefined));
    using client = createGuard(grant.lifetime).handOut(promised, Counter);
    const reasons: unknown[] = [];
    onBroken(client, (reason) => reasons.push(reason));
    grant.revoke();
    expect(reasons).toEqual([expect.objectContaining(REVOKED)]);
  });

  test("leaves nothing with the lifetime when the client is gone", () => {
    let listening = 0;
    const owned = new OwnedLifetime();
    const lifetime: Lifetime = {
      ended: undefined,
      whenEnded(notify) {
        listening++;
        const forget = owned.whenEnded(notify);
        return () => {
          listening--;
          forget();
        };
      },
    };
    const client = createGuard(lifetime).handOut(serve(Counter, createCounter()), Counter);
    expect(listening).toBe(0);
    onBroken(client, () => expect.unreachable());
    expect(listening).toBe(1);
    client[Symbol.dispose]();
    expect(listening).toBe(0);
  });
});

interface Bench extends AsyncDisposable {
  readonly outside: Peer;
  readonly inside: Peer;
}

function openHere(lifetime: Lifetime): Bench {
  const served = servePeer();
  const inside = serve(Peer, served.peer);
  const outside = createGuard(lifetime).handOut(dup(inside), Peer);
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

function openRemote(lifetime: Lifetime): Bench {
  return openChain(lifetime, 1);
}

/** A chain whose middle vat passes on the capability that the first vat has guarded. */
function openProxied(lifetime: Lifetime): Bench {
  return openChain(lifetime, 2);
}

function openChain(lifetime: Lifetime, connections: number): Bench {
  const here = openHere(lifetime);
  const open: Connection[] = [];
  let outside = dup(here.outside);
  for (let i = 0; i < connections; i++) {
    const [near, far] = createMemoryTransports();
    open.push(connect(far, { bootstrap: outside }), connect(near));
    outside[Symbol.dispose]();
    outside = (open.at(-1) as Connection).bootstrap(Peer);
  }
  return {
    inside: here.inside,
    outside,
    async [Symbol.asyncDispose]() {
      outside[Symbol.dispose]();
      await here[Symbol.asyncDispose]();
      for (const connection of open.toReversed()) {
        await expect.poll(() => connection.tableSizes).toEqual(EMPTY);
        connection[Symbol.dispose]();
      }
    },
  };
}

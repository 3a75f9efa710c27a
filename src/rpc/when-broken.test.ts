import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { createPromisedClient, dup, onBroken, serve, whenResolved } from "#capnp";
import type { Client } from "#capnp";
import { Counter, Peer } from "./interop/generated/interop.ts";
import type { PeerServer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { turn } from "./raw-peer.testing.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";

const GONE = { kind: "disconnected" };

/** The reasons with which `onBroken` has called back. */
function follow(client: Client): unknown[] {
  const reasons: unknown[] = [];
  onBroken(client, (reason) => reasons.push(reason));
  return reasons;
}

const handsItselfOver: PeerServer["echoCap"] = (_cap, { thisCap }) => ({ cap: thisCap(Peer) });

describe.each(TRANSPORTS)("over %s, onBroken()", (_name, open) => {
  test("tells once that the connection has ended, by either side", async () => {
    for (const ending of ["client", "server"] as const) {
      await using vats = connectVats(Peer, servePeer().peer, open());
      using made = await vats.root.makeCounter();
      const [ofRoot, ofCounter] = [follow(vats.root), follow(made.counter)];
      using ahead = vats.root.makeCounter();
      using counter = ahead.counter;
      const ofAhead = follow(counter);
      await counter.add(1n);
      expect([ofRoot, ofCounter, ofAhead]).toEqual([[], [], []]);
      vats[ending][Symbol.dispose]();
      await vats.client.closed;
      await turn();
      const once = [expect.objectContaining(GONE)];
      expect([ofRoot, ofCounter, ofAhead]).toEqual([once, once, once]);
      // A client that is broken already calls back at once.
      const late = follow(made.counter);
      await turn();
      expect(late).toEqual(once);
    }
  });

  test("tells why a promise was broken, and nothing of one that was kept", async () => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    using broken = await vats.root.promiseCounter();
    const reasons = follow(broken.counter);
    await vats.root.keepPromise(null);
    await expect
      .poll(() => reasons)
      .toEqual([expect.objectContaining({ message: "promise was broken" })]);
    using kept = await vats.root.promiseCounter();
    const none = follow(kept.counter);
    using mine = serve(Counter, createCounter());
    await vats.root.keepPromise(mine);
    await whenResolved(kept.counter);
    expect(none).toEqual([]);
  });

  test("tells nothing of a client that was disposed before", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const disposed = dup(vats.root);
    const reasons = follow(disposed);
    disposed[Symbol.dispose]();
    vats.client[Symbol.dispose]();
    await vats.client.closed;
    await turn();
    expect(reasons).toEqual([]);
  });

  test("tells of a promise that the peer did not keep before the end", async () => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    using results = await vats.root.promiseCounter();
    const reasons = follow(results.counter);
    const resolved = whenResolved(results.counter);
    vats.server[Symbol.dispose]();
    await expect(resolved).rejects.toMatchObject(GONE);
    expect(reasons).toEqual([expect.objectContaining(GONE)]);
    served.letGo();
  });
});

describe("whenResolved()", () => {
  test("resolves at once for an object, and with a promise when it is kept", async () => {
    using mine = serve(Counter, createCounter());
    await whenResolved(mine);
    const { promise, resolve } = Promise.withResolvers<Counter>();
    using promised = createPromisedClient(Counter, promise);
    let isKnown = false;
    const known = whenResolved(promised).then(() => (isKnown = true));
    await turn();
    expect(isKnown).toBe(false);
    resolve(dup(mine));
    await known;
  });

  test("rejects with why the promise was broken, or with the signal's reason", async () => {
    const { promise, reject } = Promise.withResolvers<Counter>();
    using promised = createPromisedClient(Counter, promise);
    const canceled = new AbortController();
    const waiting = whenResolved(promised, { signal: canceled.signal });
    canceled.abort(new Exception("failed", "No more patience"));
    await expect(waiting).rejects.toThrow("No more patience");
    const broken = whenResolved(promised);
    reject(new Exception("overloaded", "Nobody has time"));
    await expect(broken).rejects.toMatchObject({ kind: "overloaded" });
  });

  test("holds what it waits for", async () => {
    let released = 0;
    const { promise, resolve } = Promise.withResolvers<Counter>();
    const promised = createPromisedClient(Counter, promise);
    const waiting = whenResolved(promised);
    promised[Symbol.dispose]();
    resolve(
      serve(
        Counter,
        createCounter(() => void released++),
      ),
    );
    await waiting;
    expect(released).toBe(1);
  });
});

test("thisCap() gives a method its own object, for others to call", async () => {
  const served = servePeer();
  let released = 0;
  const peer = Object.assign(served.peer, {
    echoCap: handsItselfOver,
    [Symbol.dispose]: () => void released++,
  });
  {
    await using vats = connectVats(Peer, peer);
    using results = await vats.root.echoCap(null);
    using again = await vats.root.echoCap(null);
    await whenResolved(again.cap);
    await whenResolved(results.cap);
    // One object, so one import.
    expect(vats.client.tableSizes.imports).toBe(1);
  }
  expect(released).toBe(1);
});

import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { createPromisedClient, dup, serve } from "#capnp";
import { MessageBuilder, NULL_CAPABILITY } from "#capnp/wire";
import { Counter, Peer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { connectRawPeer, space, turn } from "./raw-peer.testing.ts";
import type { RawPeer } from "./raw-peer.testing.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";
import { buildResolve, buildResults, writeDescriptor } from "./build-message.ts";
import * as tags from "./message-tags.ts";
import * as wire from "./wire.ts";

describe.each(TRANSPORTS)("over %s, a promised capability", (_name, open) => {
  test("given twice is the same for both, and both learn what it is", async () => {
    const { promise, resolve } = Promise.withResolvers<Counter>();
    await using vats = connectVats(Peer, servePeer().peer, open());
    using mine = createPromisedClient(Counter, promise);
    const first = vats.root.callCounter(mine, 1n);
    const second = vats.root.callCounter(mine, 2n);
    await vats.root.hold(mine);
    resolve(serve(Counter, createCounter()));
    expect((await first).total).toBe(1n);
    expect((await second).total).toBe(3n);
    expect((await vats.root.callHeld(4n)).total).toBe(7n);
    expect((await mine.add(8n)).total).toBe(15n);
    await vats.root.hold(null);
  });

  test("released before it is known is forgotten", async () => {
    let live = 1;
    await using vats = connectVats(Peer, servePeer().peer, open());
    const results = await vats.root.promiseCounter();
    results[Symbol.dispose]();
    await vats.root.canceled();
    using kept = serve(
      Counter,
      createCounter(() => void live--),
    );
    await vats.root.keepPromise(kept);
    kept[Symbol.dispose]();
    await expect.poll(() => live).toBe(0);
  });

  test("may be given again when it has been released, and is known then", async () => {
    const { promise, resolve } = Promise.withResolvers<Counter>();
    const served = servePeer();
    using promised = createPromisedClient(Counter, promise);
    const peer = { ...served.peer, getHeld: () => ({ counter: dup(promised) }) };
    await using vats = connectVats(Peer, peer, open());
    for (let i = 0; i < 5; i++) {
      using results = await vats.root.getHeld();
      expect(results.counter).toBeDefined();
    }
    using last = await vats.root.getHeld();
    const call = last.counter.add(5n);
    resolve(serve(Counter, createCounter()));
    expect((await call).total).toBe(5n);
    expect((await last.counter.add(5n)).total).toBe(10n);
  });

  test("of a promise of a promise is known when the last of them is", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const [first, second] = [Promise.withResolvers<Counter>(), Promise.withResolvers<Counter>()];
    using outer = createPromisedClient(Counter, first.promise);
    await vats.root.hold(outer);
    const call = vats.root.callHeld(1n);
    first.resolve(createPromisedClient(Counter, second.promise));
    await vats.root.canceled();
    const later = vats.root.callHeld(2n);
    second.resolve(serve(Counter, createCounter()));
    expect((await call).total).toBe(1n);
    expect((await later).total).toBe(3n);
    await vats.root.hold(null);
  });

  test("that is kept by itself fails its calls", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    using results = await vats.root.promiseCounter();
    const call = expect(results.counter.add(1n)).rejects.toMatchObject({
      message: expect.stringContaining("leads back to itself"),
    });
    await vats.root.keepPromise(results.counter);
    await call;
  });

  test("that is kept by a client which is gone fails its calls", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    const gone = serve(Counter, createCounter());
    const { promise, resolve } = Promise.withResolvers<Counter>();
    using promised = createPromisedClient(Counter, promise);
    await vats.root.hold(promised);
    const call = expect(vats.root.callHeld(1n)).rejects.toMatchObject({ kind: "failed" });
    gone[Symbol.dispose]();
    resolve(gone);
    await call;
    await vats.root.hold(null);
  });
});

describe("a Resolve", () => {
  test("to the peer's own object: calls go there, and the promise is released", async () => {
    await using peer = connectRawPeer();
    using client = await bootstrapPromise(peer);
    peer.takeTags();
    peer.send(buildResolve(space, 4, { type: "senderHosted", id: 5 }));
    await expect.poll(() => takeReleased(peer)).toEqual([4]);
    const call = client.add(1n);
    await turn();
    const sent = peer.received.at(-1)?.root.struct().pointer(0).struct();
    expect(wire.readTarget(sent?.pointer(0) as never)).toEqual({ type: "import", id: 5 });
    call[Symbol.dispose]();
  });

  test("to an exception: calls fail with it", async () => {
    await using peer = connectRawPeer();
    using client = await bootstrapPromise(peer);
    peer.send(buildResolve(space, 4, new Exception("overloaded", "No room")));
    await turn();
    await expect(client.add(1n)).rejects.toMatchObject({ kind: "overloaded", message: "No room" });
  });

  test("to nothing: calls fail", async () => {
    await using peer = connectRawPeer();
    using client = await bootstrapPromise(peer);
    peer.send(buildResolve(space, 4, { type: "none" }));
    await turn();
    await expect(client.add(1n)).rejects.toMatchObject({ message: "Called a null capability" });
  });

  test("to itself: calls fail, and none is made", async () => {
    await using peer = connectRawPeer();
    using client = await bootstrapPromise(peer);
    peer.takeTags();
    peer.send(buildResolve(space, 4, { type: "senderPromise", id: 4 }));
    await turn();
    await expect(client.add(1n)).rejects.toMatchObject({ kind: "failed" });
    expect(peer.takeTags()).not.toContain(tags.CALL);
  });

  test("of what was released already: the capability in it is released at once", async () => {
    await using peer = connectRawPeer();
    const client = await bootstrapPromise(peer);
    client[Symbol.dispose]();
    await expect.poll(() => takeReleased(peer)).toEqual([4]);
    peer.send(buildResolve(space, 4, { type: "senderHosted", id: 5 }));
    await expect.poll(() => takeReleased(peer)).toEqual([5]);
    expect(peer.connection.tableSizes.imports).toBe(0);
  });

  test("that the peer refuses: what was in it is released", async () => {
    await using peer = connectRawPeer();
    const { promise, resolve } = Promise.withResolvers<Counter>();
    let live = 1;
    using mine = createPromisedClient(Counter, promise);
    using root = peer.connection.bootstrap(Peer);
    const call = root.hold(mine);
    await turn();
    peer.takeTags();
    resolve(
      serve(
        Counter,
        createCounter(() => void live--),
      ),
    );
    await turn();
    const sent = peer.received.find((message) => message.root.struct().uint16(0) === 5);
    const resolved = sent?.root.struct().pointer(0).struct();
    const descriptor = wire.readDescriptor(resolved?.pointer(0).struct() as never);
    expect(descriptor.type).toBe("senderHosted");
    expect(peer.connection.tableSizes.exports).toBe(2);
    const refused = new MessageBuilder().root.initStruct(1, 1);
    refused.setUint16(0, tags.UNIMPLEMENTED);
    const copy = refused.pointer(0).initStruct(1, 1);
    copy.setUint16(0, tags.RESOLVE);
    writeDescriptor(copy.pointer(0).initStruct(1, 1).pointer(0).initStruct(1, 1), descriptor);
    peer.send(refused.message);
    await turn();
    expect(peer.connection.tableSizes.exports).toBe(1);
    mine[Symbol.dispose]();
    call[Symbol.dispose]();
  });
});

/** The peer's bootstrap is a promise, exported as 4. */
async function bootstrapPromise(peer: RawPeer): Promise<Counter> {
  const client = peer.connection.bootstrap(Counter);
  const results = buildResults(space, 0);
  results.content.setCapability(NULL_CAPABILITY);
  writeDescriptor(results.table.initStructList(1, 1, 1).struct(0), {
    type: "senderPromise",
    id: 4,
  });
  peer.send(results.message);
  await expect.poll(() => peer.takeTags()).toContain(tags.FINISH);
  return client;
}

/** The imports that the vat has released since the last look. */
function takeReleased({ received }: RawPeer): number[] {
  return received
    .splice(0)
    .map((message) => message.root.struct())
    .filter((root) => root.uint16(0) === tags.RELEASE)
    .map((root) => root.pointer(0).struct().uint32(0));
}

import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { serve } from "#capnp";
import { connect } from "./connection.ts";
import { Counter, Peer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { connectRawPeer, CONTEXT, EMPTY, space, turn } from "./raw-peer.testing.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";
import { buildAbort } from "./build-message.ts";

describe.each(TRANSPORTS)("over %s, the end of a connection", (_name, open) => {
  test("by an Abort tells the reason on both sides, and to every call", async () => {
    const served = servePeer();
    using root = serve(Peer, served.peer);
    const [near, far] = open();
    using client = connect(near);
    using server = connect(far, { bootstrap: root, limits: { openCalls: 5 } });
    using peer = client.bootstrap(Peer);
    const outcomes = Array.from({ length: 10 }, () =>
      expect(peer.neverReturn(null)).rejects.toMatchObject({
        kind: "disconnected",
        message: "Peer ended the connection: More than 5 calls are open",
      }),
    );
    await Promise.all(outcomes);
    const reason = { kind: "overloaded", message: "More than 5 calls are open" };
    expect(await client.closed).toMatchObject(reason);
    expect(await server.closed).toMatchObject(reason);
    expect(server.failure?.message).toBe(`Connection was aborted: ${reason.message}`);
    expect([client.tableSizes, server.tableSizes]).toEqual([EMPTY, EMPTY]);
  });

  test("by its owner is no error on either side", async () => {
    for (const side of ["client", "server"] as const) {
      await using vats = connectVats(Peer, servePeer().peer, open());
      using results = await vats.root.makeCounter();
      vats[side][Symbol.dispose]();
      vats[side][Symbol.dispose]();
      expect(await vats.client.closed).toBeUndefined();
      expect(await vats.server.closed).toBeUndefined();
      await expect(results.counter.add(1n)).rejects.toMatchObject({ kind: "disconnected" });
      using again = vats.client.bootstrap(Peer);
      await expect(again.canceled()).rejects.toMatchObject({ kind: "disconnected" });
    }
  });

  test("lets go of everything though an object fails to be disposed", async () => {
    let live = 1;
    const served = servePeer();
    const peer = {
      ...served.peer,
      makeCounter: () => ({
        counter: {
          ...createCounter(),
          [Symbol.dispose]() {
            throw new Error("Cannot end");
          },
        },
      }),
      makeNested: () => ({
        outer: { middle: { counter: createCounter(() => void live--) } },
      }),
    };
    await using vats = connectVats(Peer, peer, open());
    using first = await vats.root.makeCounter();
    using second = await vats.root.makeNested();
    expect([first.counter, second.outer.middle.counter]).toHaveLength(2);
    vats.client[Symbol.dispose]();
    expect(await vats.server.closed).toBeUndefined();
    expect(vats.server.tableSizes).toEqual(EMPTY);
    expect(live).toBe(0);
  });

  test("reaches capabilities that came the other way", async () => {
    const served = servePeer();
    let live = 1;
    await using vats = connectVats(Peer, served.peer, open());
    {
      using mine = serve(
        Counter,
        createCounter(() => void live--),
      );
      await vats.root.hold(mine);
    }
    expect(live).toBe(1);
    vats.client[Symbol.dispose]();
    await vats.server.closed;
    expect(live).toBe(0);
    await expect(served.peer.callHeld(1n, CONTEXT)).rejects.toMatchObject({
      kind: "disconnected",
    });
    served.letGo();
  });
});

test("an Abort of type disconnected is a peer's leave, any other an error", async () => {
  for (const kind of ["disconnected", "failed"] as const) {
    await using peer = connectRawPeer();
    peer.send(buildAbort(space, new Exception(kind, "Going")));
    await turn();
    const closed = await peer.connection.closed;
    if (kind === "disconnected") expect(closed).toBeUndefined();
    else expect(closed).toMatchObject({ kind, message: "Going" });
    expect(peer.connection.failure?.message).toBe("Peer ended the connection: Going");
    // An Abort is not answered.
    expect(peer.received).toEqual([]);
  }
});

/** Events that a peer can cause thousands of times in one turn: none may grow the stack. */
import { describe, expect, test } from "vitest";
import { serve } from "#capnp";
import { Counter, Peer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";

/** One message may hold 4 096 capabilities. */
const EACH = 4000;
const CALLS = 15;

describe.each(TRANSPORTS)("over %s, sixty thousand", (_name, open) => {
  test("imports are released in one turn by their holder", async () => {
    await using vats = connectVats(Peer, serveMany(), open());
    const all = [];
    for (let i = 0; i < CALLS; i++) all.push(await vats.root.echoCounters([]));
    expect(vats.server.tableSizes.exports).toBe(CALLS * EACH + 1);
    // The Finish is sent before the results are disposed, so it releases none of their capabilities.
    await expect.poll(() => vats.client.tableSizes.questions).toBe(0);
    await vats.root.canceled();
    for (const results of all) results[Symbol.dispose]();
    await expect.poll(() => vats.server.tableSizes.exports).toBe(1);
  });

  test("capabilities are released in one turn by whoever got them as parameters", async () => {
    await using vats = connectVats(Peer, servePeer().peer, open());
    using counter = serve(Counter, createCounter());
    const calls = [];
    for (let i = 0; i < CALLS; i++) {
      const given = Array.from({ length: EACH }, () => createCounter());
      calls.push(vats.root.echoCounters(given));
    }
    for (const call of calls) {
      using results = await call;
      expect(results.counters.length).toBe(EACH);
    }
    expect((await vats.root.callCounter(counter, 1n)).total).toBe(1n);
  });
});

function serveMany(): ReturnType<typeof servePeer>["peer"] {
  const { peer } = servePeer();
  return {
    ...peer,
    echoCounters: () => ({ counters: Array.from({ length: EACH }, () => createCounter()) }),
  };
}

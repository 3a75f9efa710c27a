/** Clients and calls that are never disposed: the garbage collector releases what they hold, and cancels no call. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { TRANSPORTS } from "../transports.testing.ts";
import { connectVats } from "../vats.testing.ts";
import { Counter, Peer } from "./generated/interop.ts";
import type { PeerServer } from "./generated/interop.ts";
import { servePeer } from "./serve-peer.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Runs the garbage collector and its finalization callbacks. */
async function collectAll(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

const WAYS: readonly (readonly [string, (root: Peer) => Promise<void>])[] = [
  [
    "the call that it was taken from is disposed",
    async (root) => {
      using call = root.makeCounter();
      await call.counter.add(1n);
      await call.counter.add(1n);
    },
  ],
  [
    "it is disposed, though the call is not",
    async (root) => {
      using counter = root.makeCounter().counter;
      await counter.add(1n);
    },
  ],
];

const FORGETTING: readonly (readonly [string, (root: Peer) => Promise<void>])[] = [
  [
    "it is forgotten with the call",
    async (root) => {
      await root.makeCounter().counter.add(1n);
    },
  ],
  [
    "it is forgotten, and the call was awaited",
    async (root) => {
      const call = root.makeCounter();
      await call.counter.add(1n);
      using results = await call;
      expect(results.counter).toBeDefined();
    },
  ],
  [
    "it is forgotten before the results came",
    async (root) => {
      const { counter } = root.makeCounter();
      expect(counter).toBeDefined();
      await root.canceled();
    },
  ],
];

describe.each(TRANSPORTS)("over %s, pipelined capabilities are released when", (_name, open) => {
  test.each(WAYS)("%s", async (_way, take) => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    for (let i = 0; i < 10; i++) await take(vats.root);
    await expect.poll(() => served.liveCounters).toBe(0);
  });

  test.each(FORGETTING)("%s", async (_way, take) => {
    const served = servePeer();
    await using vats = connectVats(Peer, served.peer, open());
    for (let i = 0; i < 10; i++) await take(vats.root);
    await expect
      .poll(async () => {
        await collectAll();
        return served.liveCounters;
      })
      .toBe(0);
  });
});

test("a client taken from a call that was disposed is disposed, too", async () => {
  await using vats = connectVats(Peer, servePeer().peer);
  const call = vats.root.makeCounter();
  const { counter } = call;
  call[Symbol.dispose]();
  expect(() => counter.add(1n)).toThrow("Client was disposed already");
});

describe.each(TRANSPORTS)("over %s, calls that nobody awaits", (_name, open) => {
  test("go on when they are collected, whatever their results hold", async () => {
    let running = 0;
    let aborted = 0;
    const gate = Promise.withResolvers<void>();
    const wait = async (signal: AbortSignal): Promise<void> => {
      running++;
      signal.addEventListener("abort", () => aborted++);
      await gate.promise;
      running--;
    };
    const served = servePeer();
    const peer: PeerServer = {
      ...served.peer,
      async makeCounter(context) {
        await wait(context.signal);
        return await served.peer.makeCounter(context);
      },
      hold: (_counter, { signal }) => wait(signal),
    };
    await using vats = connectVats(Peer, peer, open());
    // A separate function, so that no reference stays on the stack.
    const forget = (): void => {
      for (let i = 0; i < 10; i++) {
        void vats.root.makeCounter();
        void vats.root.hold(null);
        void vats.root.makeCounter().counter;
      }
    };
    forget();
    await expect.poll(() => running).toBe(30);
    await collectAll();
    await vats.root.canceled();
    expect([running, aborted]).toEqual([30, 0]);
    gate.resolve();
    await expect.poll(() => running).toBe(0);
    expect(aborted).toBe(0);
    await expect
      .poll(async () => {
        await collectAll();
        return served.liveCounters;
      })
      .toBe(0);
  });
});

test("a counter that is held goes on, though the call it came from was forgotten", async () => {
  const served = servePeer();
  await using vats = connectVats(Peer, served.peer);
  const take = (): Counter => vats.root.makeCounter().counter;
  using counter = take();
  await collectAll();
  expect((await counter.add(1n)).total).toBe(1n);
  await collectAll();
  expect((await counter.add(1n)).total).toBe(2n);
});

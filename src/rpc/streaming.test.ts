import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { serve } from "#capnp";
import { connectChain } from "./chain.testing.ts";
import { Peer, Stream } from "./interop/generated/interop.ts";
import type { PeerServer, StreamServer } from "./interop/generated/interop.ts";
import { servePeer } from "./interop/serve-peer.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import type { OpenTransports } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";

/** A stream that runs one push at a time, each until the test lets it end. */
interface Gated {
  readonly server: StreamServer;
  /** The pushes that have begun, in order. */
  readonly begun: number[];
  /** Lets the push that has begun end. */
  letEnd(error?: Exception): void;
}

function createGated(): Gated {
  const begun: number[] = [];
  let gate = Promise.withResolvers<void>();
  return {
    begun,
    server: {
      async push(number) {
        begun.push(number);
        await gate.promise;
        gate = Promise.withResolvers();
      },
      finish: () => ({ sum: BigInt(begun.length), count: begun.length }),
    },
    letEnd(error) {
      if (error === undefined) gate.resolve();
      else gate.reject(error);
    },
  };
}

function serveStream(server: StreamServer): PeerServer {
  return { ...servePeer().peer, stream: () => ({ stream: server }) };
}

interface Route extends AsyncDisposable {
  readonly root: Peer;
}

const WAYS: readonly [string, (peer: PeerServer, open: OpenTransports) => Route][] = [
  ["two vats", (peer, open) => connectVats(Peer, peer, open())],
  ["three vats", connectChain],
];

describe.each(TRANSPORTS)("over %s,", (_name, open) => {
  describe.each(WAYS)("between %s, a streaming method", (_way, connectWay) => {
    test("runs one call at a time, in order, and what follows waits for it", async () => {
      const gated = createGated();
      await using vats = connectWay(serveStream(gated.server), open);
      using results = await vats.root.stream();
      for (let i = 0; i < 5; i++) await results.stream.push(i);
      let finished = false;
      const finish = results.stream.finish().then(({ count }) => {
        finished = true;
        return count;
      });
      await expect.poll(() => gated.begun).toEqual([0]);
      for (let i = 1; i < 5; i++) {
        gated.letEnd();
        await expect.poll(() => gated.begun.length).toBe(i + 1);
        expect(finished).toBe(false);
      }
      gated.letEnd();
      expect(await finish).toBe(5);
      expect(gated.begun).toEqual([0, 1, 2, 3, 4]);
    });

    // Each pipelined push has its own client: the window belongs to the capability.
    test.each([
      ["taken from results", (root: Peer) => root.stream()],
      ["pipelined each time", (root: Peer) => Promise.resolve({ call: root.stream() })],
    ])("holds its caller back once a window is full, and lets it go on, %s", async (_, take) => {
      const gated = createGated();
      await using vats = connectWay(serveStream(gated.server), open);
      const taken = await take(vats.root);
      using results = "call" in taken ? taken.call : taken;
      let sent = 0;
      const sending = (async () => {
        for (; sent < 3000; sent++) await results.stream.push(sent);
      })();
      await expect.poll(() => sent).toBeGreaterThan(400);
      let full = 0;
      while (full !== sent) {
        full = sent;
        for (let i = 0; i < 10; i++) await vats.root.canceled();
      }
      expect(full).toBeLessThan(2000);
      while (gated.begun.length < 100) {
        gated.letEnd();
        await vats.root.canceled();
      }
      await expect.poll(() => sent).toBeGreaterThan(full);
      // The other pushes are not awaited.
      const stopped = expect(sending).rejects.toThrow();
      gated.letEnd(new Exception("overloaded", "Enough"));
      await stopped;
    });

    test("that fails fails all that follows with its reason", async () => {
      const gated = createGated();
      await using vats = connectWay(serveStream(gated.server), open);
      using results = await vats.root.stream();
      for (let i = 0; i < 3; i++) await results.stream.push(i);
      await expect.poll(() => gated.begun).toEqual([0]);
      const finish = expect(results.stream.finish()).rejects.toMatchObject({
        message: "Disk full",
      });
      gated.letEnd(new Exception("overloaded", "Disk full"));
      await finish;
      await expect(results.stream.push(9)).rejects.toMatchObject({
        kind: "overloaded",
        message: "Disk full",
      });
      expect(gated.begun).toEqual([0]);
    });

    test("gets everything that was sent though its client is disposed at once", async () => {
      const seen: number[] = [];
      const ended = Promise.withResolvers<void>();
      const stream = {
        push: (number: number) => void seen.push(number),
        finish: () => ({}),
        [Symbol.dispose]: () => ended.resolve(),
      };
      await using vats = connectWay(serveStream(stream), open);
      const results = await vats.root.stream();
      for (let i = 0; i < 20; i++) void results.stream.push(i);
      results[Symbol.dispose]();
      await ended.promise;
      expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => at));
    });
  });
});

test("a streaming method of this vat's own object waits its turn, too", async () => {
  const gated = createGated();
  using stream = serve(Stream, gated.server);
  await stream.push(1);
  await stream.push(2);
  const finish = stream.finish();
  await expect.poll(() => gated.begun).toEqual([1]);
  gated.letEnd();
  await expect.poll(() => gated.begun).toEqual([1, 2]);
  gated.letEnd();
  expect((await finish).count).toBe(2);
});

import { expect, test, vi } from "vitest";
import { createDuplexPair } from "#base";
import { serve } from "#capnp";
import type { Client } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import { Executor } from "#schema";
import type { LivePowers } from "./live.ts";
import { openPeerService } from "./peer-service.ts";
import { createPeerVats } from "./peer-vats.ts";
import type { PeerStreams } from "./powers.ts";
import { createRevoker } from "./revoker.ts";

type Taker = Parameters<PeerStreams["listen"]>[1];

const NARROWING = {
  methods: [],
  calls: -1,
  bytes: -1,
  rateCalls: -1,
  ratePerMs: 1000,
  expiresMs: -1,
};
const ORDER = { service: "membrane", narrowing: NARROWING, untilMs: -1 };

interface Bench {
  readonly powers: LivePowers;
  readonly protocols: readonly string[];
  /** The service as a peer gets it, over a connection of its own. */
  dial(): Executor;
}

function openBench(): Bench {
  const takers = new Map<string, Taker>();
  const streams: PeerStreams = {
    dial: () => Promise.reject(new Error("nobody is dialled")),
    async listen(protocol, taker) {
      if (takers.has(protocol)) throw new Error("it is served already");
      takers.set(protocol, taker);
      return { [Symbol.dispose]: () => void takers.delete(protocol) };
    },
  };
  const vats = createPeerVats(
    {
      streams,
      connectPeer: (duplex, bootstrap) =>
        connect(createStreamTransport(duplex), bootstrap && { bootstrap }),
    },
    createRevoker("test").lifetime,
  );
  return {
    powers: { vats, clock: { nowMs: () => 0 }, wallMs: () => 1_000 },
    get protocols() {
      return [...takers.keys()];
    },
    dial() {
      const [near, far] = createDuplexPair(64 * 1024);
      const take = takers.get("/ww/0.1.0/vat/membrane");
      if (take === undefined) throw new Error("it is not served");
      take(far, Uint8Array.of(1));
      return connect(createStreamTransport(near)).bootstrap(Executor);
    },
  };
}

const serveEcho = (name: string): Client =>
  serve(Executor, {
    echo: (message) => ({ response: `${name}: ${message}` }),
    runBytes: () => Promise.reject(new Error("nothing is run")),
  });

test("openPeerService() leads peers to what is attached, and to nothing else", async () => {
  const bench = openBench();
  using service = await openPeerService(bench.powers, ORDER);
  using early = bench.dial();
  await expect(early.echo("a")).rejects.toMatchObject({
    kind: "disconnected",
    message: '"membrane" does not run now',
  });
  service.attach(serveEcho("first"));
  using first = bench.dial();
  expect((await first.echo("a")).response).toBe("first: a");
  service.attach(serveEcho("second"));
  await expect(first.echo("b")).rejects.toThrow("target-revoked");
  using second = bench.dial();
  expect((await second.echo("b")).response).toBe("second: b");
  expect(service.visits).toBe(3);
});

test("openPeerService() counts calls of all peers together", async () => {
  const bench = openBench();
  const order = { ...ORDER, narrowing: { ...NARROWING, calls: 2 } };
  using service = await openPeerService(bench.powers, order);
  service.attach(serveEcho("it"));
  using one = bench.dial();
  using two = bench.dial();
  await one.echo("a");
  await two.echo("b");
  await expect(one.echo("c")).rejects.toThrow('the limit "calls" is reached');
});

test("openPeerService() serves nothing any more once it is disposed, or has expired", async () => {
  vi.useFakeTimers();
  try {
    const bench = openBench();
    const disposed = await openPeerService(bench.powers, ORDER);
    disposed.attach(serveEcho("it"));
    using held = bench.dial();
    expect((await held.echo("a")).response).toBe("it: a");
    await expect(openPeerService(bench.powers, ORDER)).rejects.toThrow("it is served already");
    disposed[Symbol.dispose]();
    await expect(held.echo("b")).rejects.toMatchObject({ kind: "disconnected" });
    expect(bench.protocols).toEqual([]);

    using expiring = await openPeerService(bench.powers, { ...ORDER, untilMs: 61_000 });
    expiring.attach(serveEcho("it"));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(bench.protocols).toEqual(["/ww/0.1.0/vat/membrane"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(bench.protocols).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

import { describe, expect, test, vi } from "vitest";
import { createDuplexPair, createPipe, decodeText, encodeText } from "#base";
import { cast, serve } from "#capnp";
import type { Client } from "#capnp";
import { ByteStream, Executor, LiveDoor, SharedTerminal } from "#schema";
import type { LinkState } from "#schema";
import { connect, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import { serveSink, serveSource } from "./byte-stream.ts";
import { createLiveLinks } from "./live.ts";
import type { LiveLinks, ShareOrder } from "./live.ts";
import { createPeerVats } from "./peer-vats.ts";
import type { PeerStreams } from "./powers.ts";
import { createRevoker } from "./revoker.ts";

type Taker = Parameters<PeerStreams["listen"]>[1];

interface Bench {
  readonly links: LiveLinks;
  readonly time: { nowMs: number };
  /** Opens the door as a visitor does, over a connection of its own. */
  visit(): Connection;
}

function openBench(fails = 0): Bench {
  let take: Taker | undefined;
  let failures = fails;
  const time = { nowMs: 0 };
  const streams: PeerStreams = {
    dial: () => Promise.reject(new Error("nobody is dialled")),
    async listen(protocol, taker) {
      expect(protocol).toBe("/ww/0.1.0/vat/live");
      if (failures-- > 0) throw new Error("no relay");
      take = taker;
      return { [Symbol.dispose]: () => void (take = undefined) };
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
    links: createLiveLinks({ vats, clock: { nowMs: () => time.nowMs }, wallMs: () => 1_000_000 }),
    time,
    visit() {
      const [near, far] = createDuplexPair(64 * 1024);
      take?.(far, Uint8Array.of(1));
      return connect(createStreamTransport(near));
    },
  };
}

const NARROWING = {
  methods: [],
  calls: -1,
  bytes: -1,
  rateCalls: -1,
  ratePerMs: 1000,
  expiresMs: -1,
};
const TOKEN = new Uint8Array(16).fill(7);
const ORDER: ShareOrder = {
  token: TOKEN,
  kind: "export",
  label: "what it exports",
  image: "/ipfs/bafy",
  narrowing: NARROWING,
  untilMs: -1,
};

const serveEcho = (): Client =>
  serve(Executor, {
    echo: (message) => ({ response: message }),
    runBytes: () => Promise.reject(new Error("nothing is run")),
  });

function serveTerminal(typed: ReturnType<typeof createPipe>): SharedTerminal {
  return serve(SharedTerminal, {
    output() {
      const pipe = createPipe(100);
      void pipe.sink.write(encodeText("shown"));
      return { stream: serve(ByteStream, serveSource(pipe.source)) };
    },
    input: () => ({ stream: serve(ByteStream, serveSink(typed.sink)) }),
  });
}

async function openExport(connection: Connection): Promise<Executor> {
  using door = connection.bootstrap(LiveDoor);
  using results = await door.open(TOKEN);
  expect(results.state).toBe("open");
  return cast(results.live.cap, Executor);
}

async function readState(connection: Connection, token = TOKEN): Promise<LinkState> {
  using door = connection.bootstrap(LiveDoor);
  using results = await door.open(token);
  return results.state;
}

describe("a link to an export", () => {
  test("leads to it, says what it is, and counts", async () => {
    const bench = openBench();
    using share = await bench.links.share(ORDER);
    share.attach(serveEcho());
    using connection = bench.visit();
    using door = connection.bootstrap(LiveDoor);
    using results = await door.open(TOKEN);
    const { cap, tie, ...live } = results.live;
    const over = expect(tie.wait()).resolves.toMatchObject({ end: "stopped" });
    const about = { label: "what it exports", image: "/ipfs/bafy", attachedMs: 1_000_000 };
    expect(live).toEqual({ kind: "export", ...about });
    expect((await cast(cap, Executor).echo("hi")).response).toBe("hi");
    expect(share.visits).toBe(1);
    share.attach(undefined);
    await over;
  });

  test("opens for its token alone", async () => {
    const bench = openBench();
    using share = await bench.links.share(ORDER);
    share.attach(serveEcho());
    using connection = bench.visit();
    const wrong = TOKEN.slice();
    wrong[15] = 0;
    for (const token of [wrong, new Uint8Array(0), TOKEN.subarray(1), Uint8Array.of(...TOKEN, 7)]) {
      expect(await readState(connection, token)).toBe("unknown");
    }
    expect(share.visits).toBe(0);
  });

  test("says that it does not run, then leads to what was attached again", async () => {
    const bench = openBench();
    using share = await bench.links.share(ORDER);
    using connection = bench.visit();
    expect(await readState(connection)).toBe("idle");
    share.attach(serveEcho());
    using first = await openExport(connection);
    expect((await first.echo("1")).response).toBe("1");
    share.attach(undefined);
    await expect(first.echo("2")).rejects.toThrow("target-revoked");
    expect(await readState(connection)).toBe("idle");
    share.attach(serveEcho());
    using second = await openExport(connection);
    expect((await second.echo("3")).response).toBe("3");
    await expect(first.echo("4")).rejects.toThrow("target-revoked");
  });

  test("ends for those who have it, with a call under way, when it is disposed", async () => {
    const bench = openBench();
    const share = await bench.links.share(ORDER);
    const { promise: called, resolve } = Promise.withResolvers<void>();
    share.attach(
      serve(Executor, {
        echo: () => new Promise(() => resolve()),
        runBytes: () => Promise.reject(new Error("nothing is run")),
      }),
    );
    using connection = bench.visit();
    using echo = await openExport(connection);
    using door = connection.bootstrap(LiveDoor);
    using results = await door.open(TOKEN);
    const over = results.live.tie.wait();
    const call = echo.echo("x");
    await called;
    share[Symbol.dispose]();
    expect((await over).end).toBe("closed");
    await expect(call).rejects.toThrow("target-revoked");
    expect(await readState(connection)).toBe("unknown");
    // A client that is attached after the end is released.
    share.attach(serveEcho());
    expect(await readState(connection)).toBe("unknown");
  });

  test("ends at its time, with a call under way", async () => {
    vi.useFakeTimers();
    try {
      const bench = openBench();
      using share = await bench.links.share({ ...ORDER, untilMs: 1_000_000 + 5000 });
      const { promise: called, resolve } = Promise.withResolvers<void>();
      share.attach(
        serve(Executor, {
          echo: () => new Promise(() => resolve()),
          runBytes: () => Promise.reject(new Error("nothing is run")),
        }),
      );
      using connection = bench.visit();
      using echo = await openExport(connection);
      using door = connection.bootstrap(LiveDoor);
      using results = await door.open(TOKEN);
      const over = results.live.tie.wait();
      const call = echo.echo("x");
      await called;
      const ended = expect(call).rejects.toThrow("target-revoked");
      await vi.advanceTimersByTimeAsync(5000);
      expect((await over).end).toBe("expired");
      await ended;
      expect(await readState(connection)).toBe("unknown");
    } finally {
      vi.useRealTimers();
    }
  });

  test("ends at its time, which may be later than a timer can wait for", async () => {
    vi.useFakeTimers();
    try {
      const bench = openBench();
      const longMs = 3 * 2 ** 31;
      using share = await bench.links.share({ ...ORDER, untilMs: 1_000_000 + longMs });
      share.attach(serveEcho());
      await vi.advanceTimersByTimeAsync(longMs - 1000);
      using connection = bench.visit();
      using echo = await openExport(connection);
      expect((await echo.echo("x")).response).toBe("x");
      await vi.advanceTimersByTimeAsync(1000);
      await expect(echo.echo("x")).rejects.toThrow("target-revoked");
    } finally {
      vi.useRealTimers();
    }
  });

  test("is not looked for by a token that is far too long", async () => {
    const bench = openBench();
    using share = await bench.links.share(ORDER);
    share.attach(serveEcho());
    using connection = bench.visit();
    const joined = vi.spyOn(Object.getPrototypeOf(Uint8Array.prototype), "join");
    try {
      const token = new Uint8Array(4_000_000).fill(7);
      expect(await readState(connection, token)).toBe("unknown");
      expect(joined).not.toHaveBeenCalled();
    } finally {
      joined.mockRestore();
    }
  });

  test("counts the calls of all visitors", async () => {
    const bench = openBench();
    using share = await bench.links.share({ ...ORDER, narrowing: { ...NARROWING, calls: 2 } });
    share.attach(serveEcho());
    using one = bench.visit();
    using other = bench.visit();
    await (await openExport(one)).echo("1");
    await (await openExport(other)).echo("2");
    await expect((await openExport(one)).echo("3")).rejects.toThrow("permission-denied");
  });
});

describe("a link to a terminal", () => {
  for (const kind of ["screen", "terminal"] as const) {
    test(`of kind ${kind} shows, and ${kind === "screen" ? "takes no keys" : "takes keys"}`, async () => {
      const bench = openBench();
      const typed = createPipe(100);
      using share = await bench.links.share({ ...ORDER, kind });
      share.attach(serveTerminal(typed));
      using connection = bench.visit();
      using door = connection.bootstrap(LiveDoor);
      using results = await door.open(TOKEN);
      using terminal = cast(results.live.cap, SharedTerminal);
      using output = await terminal.output();
      expect(decodeText((await output.stream.read(100)).data)).toBe("shown");
      const typing = (async () => {
        using input = await terminal.input();
        await input.stream.write(encodeText("keys"));
      })();
      if (kind === "screen") {
        await expect(typing).rejects.toThrow("permission-denied");
        await expect(output.stream.write(encodeText("x"))).rejects.toThrow("permission-denied");
      } else {
        await typing;
        expect(decodeText(typed.source.take(100))).toBe("keys");
      }
    });
  }
});

describe("share() refuses", () => {
  test("tokens that can be guessed, or that another link has", async () => {
    const bench = openBench();
    for (const length of [0, 15, 65]) {
      const token = new Uint8Array(length);
      await expect(bench.links.share({ ...ORDER, token })).rejects.toThrow(`${length} bytes`);
    }
    using share = await bench.links.share(ORDER);
    await expect(bench.links.share(ORDER)).rejects.toThrow("the same token");
    expect(share.visits).toBe(0);
  });

  test("what nobody can reach, and tries again the next time", async () => {
    const bench = openBench(1);
    await expect(bench.links.share(ORDER)).rejects.toThrow("no relay");
    using share = await bench.links.share(ORDER);
    share.attach(serveEcho());
    using connection = bench.visit();
    using echo = await openExport(connection);
    expect((await echo.echo("x")).response).toBe("x");
  });

  test("more than 256 links", async () => {
    const bench = openBench();
    for (let at = 0; at < 256; at++) {
      const token = TOKEN.slice();
      token[0] = at;
      await bench.links.share({ ...ORDER, token });
    }
    await expect(bench.links.share({ ...ORDER, token: new Uint8Array(20) })).rejects.toMatchObject({
      kind: "overloaded",
    });
  });
});

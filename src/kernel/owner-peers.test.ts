import { expect, test, vi } from "vitest";
import { createDuplexPair, createPipe } from "#base";
import { serveSource } from "#caps";
import type { LiveLinks } from "#caps";
import { cast, dup, serve } from "#capnp";
import { connect, createScheduler, createStreamTransport } from "#rpc";
import { ByteStream, Executor, LiveDoor, SharedTerminal } from "#schema";
import { createOwnerPeers } from "./owner-peers.ts";
import type { OwnerPeerPowers } from "./owner-peers.ts";

vi.setConfig({ testTimeout: 30_000 });

type ShareOrder = Parameters<LiveLinks["share"]>[0];
type Taker = Parameters<OwnerPeerPowers["streams"]["listen"]>[1];

const TOKEN = new Uint8Array(16).fill(7);
const UNBOUNDED = {
  methods: [],
  calls: -1,
  bytes: -1,
  rateCalls: -1,
  ratePerMs: 1000,
  expiresMs: -1,
};
/** 32 of these exhaust the budget of all visitors together. */
const LARGE = "x".repeat(1024 * 1024);

interface Bench extends Disposable {
  /** Opens the link as a peer does, over a connection of its own. */
  open(peer: number): Promise<Executor>;
  connect(peer: number): LiveDoor;
  /** Number of calls that were received and are never answered, so their messages stay held. */
  readonly held: () => number;
}

async function openBench(kind: ShareOrder["kind"] = "export"): Promise<Bench> {
  const stack = new DisposableStack();
  const signal = AbortSignal.timeout(20_000);
  let take: Taker | undefined;
  const peers = stack.use(
    createOwnerPeers({
      streams: {
        dial: () => Promise.reject(new Error("nobody is dialled")),
        async listen(_, taker) {
          take = taker;
          return { [Symbol.dispose]: () => void (take = undefined) };
        },
      },
      scheduler: createScheduler(),
      clock: { nowMs: () => 0 },
      wallMs: () => 0,
    }),
  );
  const share = stack.use(
    await peers.share({
      token: TOKEN,
      kind,
      label: "it",
      image: "/ipfs/bafy",
      narrowing: UNBOUNDED,
      untilMs: -1,
    }),
  );
  let held = 0;
  const terminal = serve(SharedTerminal, {
    output: () => ({ stream: serve(ByteStream, serveSource(createPipe(1).source)) }),
    input: () => Promise.reject(new Error("nobody types")),
  });
  const executor = serve(Executor, {
    async echo(message) {
      if (message === "") return { response: "answered" };
      held++;
      return new Promise(() => undefined);
    },
    runBytes: () => Promise.reject(new Error("nothing is run")),
  });
  share.attach(kind === "screen" ? terminal : executor);
  const visit = (peer: number): LiveDoor => {
    const [near, far] = createDuplexPair(64 * 1024);
    take?.(far, Uint8Array.of(peer));
    const connection = stack.use(connect(createStreamTransport(near)));
    return connection.bootstrap(LiveDoor);
  };
  return {
    held: () => held,
    connect: visit,
    async open(peer) {
      using door = visit(peer);
      using results = await door.open(TOKEN, { signal });
      return stack.use(cast(dup(results.live.cap), Executor));
    },
    [Symbol.dispose]: () => stack[Symbol.dispose](),
  };
}

test("createOwnerPeers() answers others while a visitor holds all that it may on all its connections", async () => {
  using bench = await openBench();
  const hoarders = await Promise.all(Array.from({ length: 8 }, () => bench.open(1)));
  for (const hoarder of hoarders) {
    for (let at = 0; at < 8; at++) hoarder.echo(LARGE).then(undefined, () => undefined);
  }
  await expect.poll(bench.held).toBeGreaterThan(6);
  const signal = AbortSignal.timeout(10_000);
  const other = await bench.open(2);
  for (let at = 0; at < 200; at++) {
    expect((await other.echo("", { signal })).response).toBe("answered");
  }
});

test("createOwnerPeers() gives a visitor a few hundred capabilities at a time", async () => {
  using bench = await openBench("screen");
  using door = bench.connect(1);
  using results = await door.open(TOKEN);
  using screen = cast(dup(results.live.cap), SharedTerminal);
  using stack = new DisposableStack();
  const opened = async (): Promise<number> => {
    let count = 0;
    for (; count < 1000; count++) stack.use(await screen.output());
    return count;
  };
  await expect(opened()).rejects.toMatchObject({ kind: "overloaded" });
  stack.dispose();
  using after = await screen.output();
  expect(after.stream).toBeDefined();
});

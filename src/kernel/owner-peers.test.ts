import { expect, test, vi } from "vitest";
import { createDuplexPair } from "#base";
import { cast, dup, serve } from "#capnp";
import { connect, createScheduler, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import { Executor, LiveDoor } from "#schema";
import { createOwnerPeers } from "./owner-peers.ts";
import type { OwnerPeerPowers } from "./owner-peers.ts";

vi.setConfig({ testTimeout: 30_000 });

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
/** Of these, all that visitors may hold together takes 32. */
const LARGE = "x".repeat(1024 * 1024);

test("createOwnerPeers() answers others while a visitor holds all that it may on all its connections", async () => {
  let take: Taker | undefined;
  using peers = createOwnerPeers({
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
  });
  using share = await peers.share({
    token: TOKEN,
    kind: "export",
    label: "it",
    image: "/ipfs/bafy",
    narrowing: UNBOUNDED,
    untilMs: -1,
  });
  let held = 0;
  share.attach(
    serve(Executor, {
      async echo(message) {
        if (message === "") return { response: "answered" };
        held++;
        return new Promise(() => undefined);
      },
      runBytes: () => Promise.reject(new Error("nothing is run")),
    }),
  );
  const visit = (peer: number): Connection => {
    const [near, far] = createDuplexPair(64 * 1024);
    take?.(far, Uint8Array.of(peer));
    return connect(createStreamTransport(near));
  };
  using stack = new DisposableStack();
  const signal = AbortSignal.timeout(20_000);
  const open = async (peer: number): Promise<Executor> => {
    using door = stack.use(visit(peer)).bootstrap(LiveDoor);
    using results = await door.open(TOKEN, { signal });
    return stack.use(cast(dup(results.live.cap), Executor));
  };
  const hoarders = await Promise.all(Array.from({ length: 8 }, () => open(1)));
  for (const hoarder of hoarders) {
    for (let at = 0; at < 8; at++) hoarder.echo(LARGE).then(undefined, () => undefined);
  }
  await expect.poll(() => held).toBeGreaterThan(6);

  const other = await open(2);
  for (let at = 0; at < 200; at++) {
    expect((await other.echo("", { signal })).response).toBe("answered");
  }
});

/** Calls through one client keep their order, whatever its promise resolves to while they are in flight. */
import { expect, test } from "vitest";
import { createPromisedClient, dup, serve } from "#capnp";
import { connect } from "#rpc";
import type { Connection } from "#rpc";
import { createHeldTransports } from "./held-transport.ts";
import { Node } from "./generated/node.ts";
import type { NodeServer } from "./generated/node.ts";

const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };

test("a promise of the peer's that it keeps by the caller's own object keeps later calls behind", async () => {
  await using bench = openBench();
  const { root } = bench;
  await bench.complete(root.keep(bench.mine));
  // The peer returns a promise, and resolves it to a capability that it received.
  const pending = root.promise();
  using client = pending.node;
  await bench.deliver(1);
  const first = client.note(0, 1);
  await bench.deliver(1);
  bench.keepPromised();
  // The results, the Resolve, but not the call that comes back.
  await bench.deliver(0, 2);
  using results = await pending;
  const second = client.note(0, 2);
  await bench.complete(Promise.all([first, second]));
  expect(bench.seen).toEqual([1, 2]);
  expect(results.node).toBeDefined();
});

test("a promise of the caller's that is kept by the peer's object keeps later calls behind", async () => {
  await using bench = openBench();
  const { root } = bench;
  using made = await bench.complete(root.make());
  const { promise, resolve } = Promise.withResolvers<Node>();
  using mine = createPromisedClient(Node, promise);
  const pending = root.echo(mine);
  using client = pending.node;
  await bench.deliver(1);
  // To the peer, back here, and to the peer again.
  const first = client.note(0, 1);
  resolve(dup(made.node));
  await bench.deliver(0);
  using results = await pending;
  const second = client.note(0, 2);
  await bench.complete(Promise.all([first, second]));
  expect(bench.seen).toEqual([1, 2]);
  expect(results.node).toBeDefined();
});

interface Bench extends AsyncDisposable {
  readonly root: Node;
  /** The caller's own object. */
  readonly mine: Node;
  /** The numbers that have arrived, at any vat. */
  readonly seen: number[];
  /** Makes the peer resolve its promise to the capability that it holds. */
  keepPromised(): void;
  /** Delivers `count` frames at an end, or all. */
  deliver(end: 0 | 1, frames?: number): Promise<void>;
  /** Waits for the end of the call. */
  complete<T>(call: PromiseLike<T>): Promise<T>;
}

/** The caller is at end 0. */
function openBench(): Bench {
  const link = createHeldTransports();
  const seen: number[] = [];
  let kept: Node | undefined;
  const { promise, resolve } = Promise.withResolvers<Node>();
  const mine = serve(Node, createNode(seen));
  using bootstrap = serve(Node, {
    ...createNode(seen),
    echo: (node) => ({ node: dup(node) }),
    keep: (node) => void (kept = dup(node)),
    promise: () => ({ node: createPromisedClient(Node, promise) }),
  });
  const far = connect(link.ends[1], { bootstrap });
  const near = connect(link.ends[0]);
  const root = near.bootstrap(Node);
  const deliver = async (end: 0 | 1, frames = Infinity): Promise<void> => {
    await turn();
    for (let i = 0; i < frames && link.deliver(end); i++) await turn();
  };
  const deliverAll = async (): Promise<void> => {
    do await turn();
    while ([link.deliver(0), link.deliver(1)].includes(true));
  };
  return {
    root,
    mine,
    seen,
    deliver,
    keepPromised() {
      if (kept !== undefined) resolve(kept);
      kept = undefined;
    },
    async complete(call) {
      const done = Promise.resolve(call);
      await deliverAll();
      return await done;
    },
    async [Symbol.asyncDispose]() {
      kept?.[Symbol.dispose]();
      mine[Symbol.dispose]();
      root[Symbol.dispose]();
      const sizes = async (): Promise<unknown> => {
        await deliverAll();
        return [near, far].map(({ tableSizes }: Connection) => tableSizes);
      };
      await expect.poll(sizes, { interval: 1 }).toEqual([EMPTY, EMPTY]);
      near[Symbol.dispose]();
      await deliverAll();
      expect(await far.closed).toBeUndefined();
    },
  };
}

function createNode(seen: number[]): NodeServer {
  const node: NodeServer = {
    note(_handle, number) {
      seen.push(number);
      return { count: seen.length };
    },
    make: () => ({ node: createNode(seen) }),
    echo: () => ({}),
    keep: () => undefined,
    kept: () => ({}),
    promise: () => ({}),
    tail: () => ({}),
    never: () => undefined,
  };
  return node;
}

/** Runs everything that can run without a frame arriving. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

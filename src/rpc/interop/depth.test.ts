/** A peer chooses the length of these chains: none may grow the stack, or cost more than its length. */
import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { createPromisedClient, dup, serve } from "#capnp";
import { TRANSPORTS } from "../transports.testing.ts";
import { connectVats } from "../vats.testing.ts";
import { Node } from "./generated/node.ts";
import type { NodeServer } from "./generated/node.ts";

/** How many calls may wait for each other, and how many one peer may have open. */
const DEPTH_LIMIT = 16_384;

describe.each(TRANSPORTS)("over %s,", (_name, open) => {
  test.each([1000, 10_000])(
    "%i pipelined steps are made, each on the one before",
    async (steps) => {
      await using vats = connectVats(Node, createNode(), open());
      using last = callAhead(vats.root, steps);
      expect((await last.note(0, 1)).count).toBe(1);
    },
  );

  test("ten thousand pipelined steps fail with what failed the first", async () => {
    const broken = { ...createNode(), make: () => fail("No more") };
    await using vats = connectVats(Node, broken, open());
    using last = callAhead(vats.root, 10_000);
    await expect(last.note(0, 1)).rejects.toMatchObject({ message: "No more" });
  });

  test.each([5000, 20_000])(
    "a chain of %i tail calls gives the results of its end",
    async (length) => {
      await using vats = connectVats(Node, createTail(length), open());
      using results = await vats.root.make();
      expect((await results.node.note(0, 1)).count).toBe(1);
      const pending = vats.root.make();
      using ahead = pending.node;
      expect((await ahead.note(0, 1)).count).toBe(1);
      using again = await pending;
      expect(again.node).toBeDefined();
    },
  );

  test("a chain of 20 000 tail calls that is given up ends", async () => {
    const end = Promise.withResolvers<void>();
    const never = {
      ...createNode(),
      make: (context: { readonly signal: AbortSignal }) =>
        new Promise<object>(() => {
          context.signal.addEventListener("abort", () => end.resolve());
        }),
    };
    await using vats = connectVats(Node, createTail(20_000, never), open());
    const stop = new AbortController();
    const call = expect(vats.root.make({ signal: stop.signal })).rejects.toThrow("Enough");
    await vats.root.note(0, 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    stop.abort(new Error("Enough"));
    await call;
    await end.promise;
  });

  test("ten thousand promises of promises lead to the object", async () => {
    await using vats = connectVats(Node, createNode(), open());
    const promises = Array.from({ length: 10_000 }, () => Promise.withResolvers<Node>());
    const clients = promises.map(({ promise }) => createPromisedClient(Node, promise));
    promises.forEach(({ resolve }, at) => {
      const next = clients[at + 1];
      resolve(next === undefined ? serve(Node, createNode()) : dup(next));
    });
    using outer = dup(clients[0] ?? vats.root);
    using results = await vats.root.echo(outer);
    expect((await results.node.note(0, 1)).count).toBe(1);
    for (const client of clients) client[Symbol.dispose]();
  });
});

test(`${DEPTH_LIMIT} calls may wait for each other in one vat, and one more is told why not`, async () => {
  const { promise, resolve } = Promise.withResolvers<Node>();
  using promised = createPromisedClient(Node, promise);
  using last = callAhead(promised, DEPTH_LIMIT);
  const within = last.note(0, 1);
  using beyond = last.make().node;
  const words = `More than ${DEPTH_LIMIT} calls wait for each other`;
  await expect(beyond.note(0, 1)).rejects.toMatchObject({ kind: "failed", message: words });
  resolve(serve(Node, createNode()));
  expect((await within).count).toBe(1);
});

test("a promise kept by a call on itself fails at once, over calls in between too", async () => {
  for (const steps of [1, 2, 1000]) {
    const { promise, resolve } = Promise.withResolvers<Node>();
    using promised = createPromisedClient(Node, promise);
    using circle = callAhead(promised, steps);
    const outcome = expect(circle.note(0, 1)).rejects.toThrow("leads back to itself");
    resolve(dup(circle));
    await outcome;
  }
});

test("a hundred thousand objects, each the last holder of the next, are disposed", () => {
  let live = 0;
  let last: Node | undefined;
  for (let i = 0; i < 100_000; i++) {
    const next = last;
    live++;
    last = serve(
      Node,
      Object.assign(createNode(), {
        [Symbol.dispose]() {
          live--;
          next?.[Symbol.dispose]();
        },
      }),
    );
  }
  last?.[Symbol.dispose]();
  expect(live).toBe(0);
});

/** A client at the end of `count` pipelined calls. */
function callAhead(first: Node, steps: number): Node {
  let last = dup(first);
  for (let i = 0; i < steps; i++) {
    using before = last;
    last = before.make().node;
  }
  return last;
}

/** An object whose `make` is a tail call of the next one's, up to the last. */
function createTail(length: number, end: NodeServer = createNode()): NodeServer {
  let next = serve(Node, end);
  for (let i = 1; i < length; i++) {
    const to = next;
    next = serve(
      Node,
      Object.assign(createNode(), {
        make: () => to.make(),
        [Symbol.dispose]: () => to[Symbol.dispose](),
      }),
    );
  }
  const to = next;
  return Object.assign(createNode(), {
    make: () => to.make(),
    [Symbol.dispose]: () => to[Symbol.dispose](),
  });
}

function createNode(): NodeServer {
  let count = 0;
  return {
    note: () => ({ count: ++count }),
    make: () => ({ node: createNode() }),
    echo: (node) => ({ node: dup(node) }),
    keep: () => undefined,
    kept: () => ({}),
    promise: () => ({}),
    tail: (node) => node.make(),
    never: () => undefined,
  };
}

function fail(message: string): never {
  throw new Exception("failed", message);
}

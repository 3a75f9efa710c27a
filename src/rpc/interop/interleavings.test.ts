import { array, assert, asyncProperty, boolean, constantFrom, nat, record } from "fast-check";
import type { Arbitrary } from "fast-check";
import { expect, test } from "vitest";
import { Exception } from "#base";
import { createPromisedClient, dup, isNull, serve } from "#capnp";
import { connect } from "#rpc";
import type { TableSizes } from "#rpc";
import { Node } from "./generated/node.ts";
import type { NodeServer } from "./generated/node.ts";
import { createHeldTransports } from "./held-transport.ts";

/*
 * Two vats, each holding clients of both vats' objects, perform random operations: pipelined and plain calls, passing
 * clients back and forth, resolving and breaking promises, cancellations and releases. Frames arrive at random times.
 * Calls through one client must reach their object in the order in which they were made, every call must settle, and
 * nothing may be held at the end.
 */

const KINDS = [
  "make",
  "echo",
  "keep",
  "kept",
  "promise",
  "tail",
  "note",
  "note",
  "note",
  "cancel",
  "never",
  "dispose",
  "deliver",
  "deliver",
  "deliver",
] as const;

interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly side: number;
  readonly target: number;
  readonly other: number;
}

/** The model of a client that a vat holds. */
interface Handle {
  readonly id: number;
  readonly client: Node;
  /** Whether it certainly leads to an object; a promise must never resolve to itself. */
  readonly settled: boolean;
  next: number;
}

const step: Arbitrary<Step> = record({
  kind: constantFrom(...KINDS),
  side: nat(1),
  target: nat(1000),
  other: nat(1000),
});
const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };

test("random interleavings keep order, settle every call and leave nothing", async () => {
  await assert(
    asyncProperty(array(step, { minLength: 5, maxLength: 80, size: "max" }), boolean(), runSteps),
    { numRuns: 500, seed: 20_261, endOnFailure: false },
  );
}, 120_000);

async function runSteps(steps: readonly Step[], disconnect: boolean): Promise<void> {
  const seen = new Map<number, number>();
  const disorder: string[] = [];
  const calls: Promise<unknown>[] = [];
  const stops: AbortController[] = [];
  const transports = createHeldTransports();
  const vats = [createVat(seen, disorder), createVat(seen, disorder)] as const;
  const connections = vats.map((vat, side) => {
    using bootstrap = serve(Node, vat.createNode());
    return connect(transports.ends[side === 0 ? 0 : 1], { bootstrap });
  });
  let nextId = 0;
  const toHandle = (client: Node, settled: boolean): Handle => ({
    id: nextId++,
    client,
    settled,
    next: 0,
  });
  const held: Handle[][] = connections.map((connection, side) => [
    toHandle(serve(Node, vats[side === 0 ? 0 : 1].createNode()), true),
    toHandle(connection.bootstrap(Node), true),
  ]);
  const follow = (call: PromiseLike<unknown>): void => {
    calls.push(Promise.resolve(call).then(disposeResult, () => undefined));
  };

  for (const { kind, side, target, other } of steps) {
    const handles = held[side] ?? [];
    // Prefers recent clients, so that operations build on each other.
    const handle = handles.at(-1 - (target % (target % 3 === 0 ? handles.length : 2)));
    const given = handles[other % handles.length];
    if (handle === undefined || given === undefined) continue;
    switch (kind) {
      case "make":
        handles.push(toHandle(handle.client.make().node, handle.settled));
        break;
      case "echo":
        handles.push(
          toHandle(handle.client.echo(given.client).node, handle.settled && given.settled),
        );
        break;
      case "tail":
        handles.push(
          toHandle(handle.client.tail(given.client).node, handle.settled && given.settled),
        );
        break;
      case "kept":
        // Promises of two vats may resolve to each other: such a promise never leads to an object.
        handles.push(toHandle(handle.client.kept().node, false));
        break;
      case "promise":
        handles.push(toHandle(handle.client.promise().node, false));
        break;
      case "keep":
        if (given.settled) follow(handle.client.keep(given.client));
        break;
      case "note":
        follow(handle.client.note(handle.id, handle.next++));
        break;
      case "cancel": {
        const stop = new AbortController();
        follow(handle.client.note(handle.id, handle.next++, { signal: stop.signal }));
        stop.abort(new Error("enough"));
        break;
      }
      case "never": {
        const stop = new AbortController();
        stops.push(stop);
        follow(handle.client.never(given.client, { signal: stop.signal }));
        break;
      }
      case "dispose":
        if (handles.length > 1) {
          handle.client[Symbol.dispose]();
          handles.splice(handles.indexOf(handle), 1);
        }
        break;
      case "deliver":
        for (let frames = other % 8; frames >= 0; frames--) {
          transports.deliver(side === 0 ? 0 : 1);
          await turn();
        }
        break;
    }
    await turn();
  }

  const deliverAll = async (): Promise<void> => {
    for (let quiet = 0; quiet < 3;) {
      const moved = [transports.deliver(0), transports.deliver(1)].includes(true);
      await turn();
      quiet = moved ? 0 : quiet + 1;
    }
  };
  if (disconnect) {
    connections[0]?.[Symbol.dispose]();
    await deliverAll();
  }
  // Only calls that wait for cancellation and unresolved promises can still be open here.
  await deliverAll();
  for (const stop of stops) stop.abort(new Error("at last"));
  for (const vat of vats) vat.end();
  await deliverAll();
  const settled = await Promise.race([Promise.all(calls), later()]);
  expect(settled).not.toBe("late");
  for (const { client } of held.flat()) client[Symbol.dispose]();
  // Deferred Finish and Release messages leave a little later.
  const tableSizes = async (): Promise<readonly TableSizes[]> => {
    await deliverAll();
    return connections.map((connection) => connection.tableSizes);
  };
  await expect.poll(tableSizes, { interval: 1 }).toEqual([EMPTY, EMPTY]);
  expect(disorder).toEqual([]);
  if (!disconnect)
    expect(connections.map(({ failure }) => failure)).toEqual([undefined, undefined]);
  for (const connection of connections) connection[Symbol.dispose]();
}

interface Vat {
  createNode(): NodeServer;
  /** Releases everything. */
  end(): void;
}

function createVat(seen: Map<number, number>, disorder: string[]): Vat {
  let kept: Node | undefined;
  let promised: ReturnType<typeof Promise.withResolvers<Node>> | undefined;
  const createNode = (): NodeServer => ({
    note(handle, number) {
      const last = seen.get(handle) ?? -1;
      if (number <= last) disorder.push(`handle ${handle}: ${number} after ${last}`);
      seen.set(handle, number);
      return { count: seen.size };
    },
    make: () => ({ node: createNode() }),
    echo: (node) => ({ node: dup(node) }),
    tail: (node) => node.make(),
    keep(node) {
      kept?.[Symbol.dispose]();
      kept = dup(node);
      if (isNull(node)) promised?.reject(new Exception("failed", "Broken"));
      else promised?.resolve(dup(node));
      promised = undefined;
    },
    kept: () => ({ node: kept === undefined ? null : dup(kept) }),
    promise() {
      promised?.reject(new Exception("failed", "Another one was asked for"));
      promised = Promise.withResolvers();
      return { node: createPromisedClient(Node, promised.promise) };
    },
    never: (_node, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        if (signal.aborted) reject(signal.reason);
      }),
  });
  return {
    createNode,
    end() {
      kept?.[Symbol.dispose]();
      kept = undefined;
      promised?.reject(new Exception("failed", "The vat has ended"));
      promised = undefined;
    },
  };
}

function disposeResult(result: unknown): void {
  if (typeof result === "object" && result !== null && Symbol.dispose in result) {
    (result as Disposable)[Symbol.dispose]();
  }
}

/** Runs everything that can run without a frame arriving. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Long after everything that can settle has settled. */
async function later(): Promise<"late"> {
  for (let i = 0; i < 50; i++) await turn();
  return "late";
}

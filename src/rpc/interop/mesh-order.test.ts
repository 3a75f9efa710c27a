import { array, assert, asyncProperty, constantFrom, integer, nat, record } from "fast-check";
import type { Arbitrary } from "fast-check";
import { expect, test } from "vitest";
import { Exception } from "#base";
import { createPromisedClient, dup, isNull, serve } from "#capnp";
import { connect } from "#rpc";
import type { Connection, TableSizes } from "#rpc";
import { Node } from "./generated/node.ts";
import type { NodeServer } from "./generated/node.ts";
import { createHeldTransports } from "./held-transport.ts";
import type { HeldTransports } from "./held-transport.ts";

/*
 * Two to four fully connected vats. They call each other's objects, pass clients back and forth, hand out promises
 * and resolve them to clients that they hold, while frames arrive at random times. A model records for each client
 * the numbers sent through it. The numbers must reach their object in that order, every call must settle, and all
 * tables must be empty at the end.
 *
 * Most faults are found by echoed promises, and by promises that resolve to objects of their caller.
 */

const KINDS = [
  "make",
  "echo",
  "echo",
  "tail",
  "kept",
  "promise",
  "mine",
  "keep",
  "keepMine",
  "keepMine",
  "await",
  "note",
  "note",
  "note",
  "note",
  "dispose",
  "deliver",
  "deliver",
  "deliver",
] as const;

interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly vat: number;
  readonly target: number;
  readonly other: number;
}

const RUNS = 1000;
/** Concurrent runs, since each waits for the last Releases. */
const BESIDE = 8;
const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };

const step: Arbitrary<Step> = record({
  kind: constantFrom(...KINDS),
  vat: nat(11),
  target: nat(1000),
  other: nat(1000),
});
const run = record({
  vats: integer({ min: 2, max: 4 }),
  steps: array(step, { minLength: 20, maxLength: 240, size: "max" }),
});

test(`${RUNS} random interleavings of two to four vats keep the order of each client's calls`, async () => {
  await assert(
    asyncProperty(array(run, { minLength: BESIDE, maxLength: BESIDE }), async (runs) => {
      await Promise.all(runs.map(({ vats, steps }) => runSteps(vats, steps)));
    }),
    { numRuns: RUNS / BESIDE, seed: 20_262, endOnFailure: true },
  );
}, 120_000);

/** The model of a client that a vat holds. */
interface Handle {
  readonly id: number;
  readonly client: Node;
  /** Whether it certainly leads to an object; a promise must never resolve to itself. */
  readonly settled: boolean;
  /** Its results, which can be pipelined on as well. */
  readonly call: PromiseLike<{ readonly node: Node } & Disposable> | undefined;
  next: number;
}

interface Vat {
  readonly held: Handle[];
  /** Promises that it has handed out and not resolved. */
  readonly mine: ((node: Node) => void)[];
  readonly served: ServedVat;
}

async function runSteps(count: number, steps: readonly Step[]): Promise<void> {
  const seen = new Map<number, number>();
  const disorder: string[] = [];
  const calls: Promise<unknown>[] = [];
  let nextId = 0;
  const hold = (vat: Vat | undefined, client: Node, settled: boolean, call?: Handle["call"]) => {
    vat?.held.push({ id: nextId++, client, settled, call, next: 0 });
  };
  const follow = (call: PromiseLike<unknown>): void => {
    calls.push(Promise.resolve(call).then(disposeResult, () => undefined));
  };
  const vats = Array.from({ length: count }, (_, at): Vat => {
    const served = createVat(seen, disorder, at % 2 === 1);
    return { held: [], mine: [], served };
  });
  for (const vat of vats) hold(vat, serve(Node, vat.served.createNode()), true);
  const { connections, links } = connectAll(vats, (vat, client) => hold(vat, client, true));

  for (const { kind, vat: at, target, other } of steps) {
    const vat = vats[at % count];
    const held = vat?.held ?? [];
    // Prefers recent clients, so that operations build on each other.
    const handle = held.at(-1 - (target % (target % 3 === 0 ? held.length : 3)));
    const given = held.at(-1 - (other % (other % 2 === 0 ? held.length : 3))) ?? held[0];
    if (vat === undefined || handle === undefined || given === undefined) continue;
    const { client } = handle;
    const settled = handle.settled && given.settled;
    switch (kind) {
      case "make": {
        const call = client.make();
        hold(vat, call.node, handle.settled, call);
        break;
      }
      case "echo": {
        const call = client.echo(given.client);
        hold(vat, call.node, settled, call);
        break;
      }
      case "tail": {
        const call = client.tail(given.client);
        hold(vat, call.node, settled, call);
        break;
      }
      case "kept":
        hold(vat, client.kept().node, false);
        break;
      case "promise": {
        const call = client.promise();
        hold(vat, call.node, false, call);
        break;
      }
      case "mine": {
        const { promise, resolve } = Promise.withResolvers<Node>();
        hold(vat, createPromisedClient(Node, promise), false);
        vat.mine.push(resolve);
        break;
      }
      case "keep":
        if (given.settled) follow(client.keep(given.client));
        break;
      case "keepMine":
        if (handle.settled) vat.mine.shift()?.(dup(client));
        break;
      case "await":
        if (handle.call !== undefined) follow(handle.call);
        break;
      case "note":
        follow(client.note(handle.id, handle.next++));
        break;
      case "dispose":
        if (held.length > 1) {
          client[Symbol.dispose]();
          held.splice(held.indexOf(handle), 1);
        }
        break;
      case "deliver":
        for (let frames = other % 6; frames >= 0; frames--) {
          links[target % links.length]?.deliver(at % 2 === 0 ? 0 : 1);
          await turn();
        }
        break;
    }
    await turn();
  }

  const deliverAll = async (): Promise<void> => {
    for (let quiet = 0; quiet < 3;) {
      const moved = links.flatMap((link) => [link.deliver(0), link.deliver(1)]).includes(true);
      await turn();
      quiet = moved ? 0 : quiet + 1;
    }
  };
  await deliverAll();
  for (const { served, mine } of vats) {
    for (const keep of mine) keep(serve(Node, served.createNode()));
  }
  await deliverAll();
  for (const { served } of vats) served.end();
  await deliverAll();
  expect(await Promise.race([Promise.all(calls), later()])).not.toBe("late");
  for (const { client } of vats.flatMap(({ held }) => held)) client[Symbol.dispose]();
  const tableSizes = async (): Promise<readonly TableSizes[]> => {
    await deliverAll();
    return connections.map((connection) => connection.tableSizes);
  };
  // Deferred Finish and Release messages leave a little later.
  await expect.poll(tableSizes, { interval: 1 }).toEqual(connections.map(() => EMPTY));
  expect(disorder).toEqual([]);
  expect(connections.map(({ failure }) => failure)).toEqual(connections.map(() => undefined));
  for (const connection of connections) connection[Symbol.dispose]();
}

/** Connects each pair of vats. @param onRoot called with each bootstrap client */
function connectAll(
  vats: readonly Vat[],
  onRoot: (vat: Vat, client: Node) => void,
): { readonly connections: readonly Connection[]; readonly links: readonly HeldTransports[] } {
  const connections: Connection[] = [];
  const links: HeldTransports[] = [];
  vats.forEach((near, at) => {
    for (const far of vats.slice(at + 1)) {
      const link = createHeldTransports();
      links.push(link);
      for (const [end, vat] of [near, far].entries()) {
        using bootstrap = serve(Node, vat.served.createNode());
        const connection = connect(link.ends[end === 0 ? 0 : 1], { bootstrap });
        connections.push(connection);
        onRoot(vat, connection.bootstrap(Node));
      }
    }
  });
  return { connections, links };
}

interface ServedVat {
  createNode(): NodeServer;
  /** Releases everything. */
  end(): void;
}

/** @param isLazy whether it echoes promises, and resolves them a little later */
function createVat(seen: Map<number, number>, disorder: string[], isLazy: boolean): ServedVat {
  let echoes = 0;
  let kept: Node | undefined;
  const promised: PromiseWithResolvers<Node>[] = [];
  let ended = false;
  const createNode = (): NodeServer => ({
    note(handle, number) {
      const last = seen.get(handle) ?? -1;
      if (number <= last) disorder.push(`handle ${handle}: ${number} after ${last}`);
      seen.set(handle, number);
      return { count: seen.size };
    },
    make: () => ({ node: createNode() }),
    echo(node) {
      const same = dup(node);
      return { node: isLazy ? createPromisedClient(Node, afterTurns(++echoes % 3, same)) : same };
    },
    tail: (node) => node.make(),
    keep(node) {
      kept?.[Symbol.dispose]();
      kept = ended ? undefined : dup(node);
      const promise = promised.shift();
      if (isNull(node)) promise?.reject(new Exception("failed", "Broken"));
      else promise?.resolve(dup(node));
    },
    kept: () => ({ node: kept === undefined ? null : dup(kept) }),
    promise() {
      const promise = Promise.withResolvers<Node>();
      if (ended) promise.reject(new Exception("failed", "Vat has ended"));
      else promised.push(promise);
      return { node: createPromisedClient(Node, promise.promise) };
    },
    never: () => undefined,
  });
  return {
    createNode,
    end() {
      ended = true;
      kept?.[Symbol.dispose]();
      kept = undefined;
      for (const { reject } of promised.splice(0)) reject(new Exception("failed", "Vat has ended"));
    },
  };
}

async function afterTurns<T>(turns: number, value: T): Promise<T> {
  for (let i = 0; i < turns; i++) await turn();
  return value;
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

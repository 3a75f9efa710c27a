import { readFile } from "node:fs/promises";
import { createServer, connect as connectSocket } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "#capnp";
import type { Client } from "#capnp";
import { connect } from "#rpc";
import type { Connection, TableSizes } from "#rpc";
import { createSocketTransport } from "../package/node.ts";
import { buildCppPeer, buildRustPeer, hasCppTools, hasRustTools } from "./build-peers.ts";
import { checks } from "./check-peer.ts";
import { Peer } from "./generated/interop.ts";
import { toTable } from "./interop-table.ts";
import type { Column, Lack } from "./interop-table.ts";
import { lacks } from "./lacks.ts";
import { runChecks, startOffering, vanishAt } from "./peer-process.ts";
import { createCounter, servePeer } from "./serve-peer.ts";

const EMPTY: TableSizes = { questions: 0, answers: 0, exports: 0, imports: 0 };
const VANISHES = "one side vanishes, with calls under way";

/** Enough time for a full build of the peer with cold caches. */
const BUILD_MS = 240_000;

const passed = new Set<string>();

describe.skipIf(!hasCppTools())("the reference implementation", () => {
  let program = "";
  beforeAll(async () => {
    program = await buildCppPeer();
  }, BUILD_MS);

  testServing("C++ serves us", () => program);
  testCalling("C++ calls us", () => program);
  testBetween("C++ between two of ours", () => program);
  testOnBothSides("ours between two of C++", () => program);
});

describe.skipIf(!hasRustTools())("the implementation in Rust", () => {
  let program = "";
  beforeAll(async () => {
    program = await buildRustPeer();
  }, BUILD_MS);

  testServing("Rust serves us", () => program);
  testCalling("Rust calls us", () => program);
});

describe.skipIf(!hasCppTools() || !hasRustTools())("the table", () => {
  test("in README.md is what was seen; npm run unit -- src/rpc/interop -u writes it", async () => {
    const readme = await readFile(new URL("README.md", import.meta.url), "utf8");
    const table = toTable([...Object.keys(checks), VANISHES], passed, lacks);
    const [before = ""] = readme.split("<!-- the table begins -->");
    await expect(`${before}<!-- the table begins -->\n\n${table}\n`).toMatchFileSnapshot(
      "README.md",
    );
  });
});

/** The program serves, our client calls. */
function testServing(column: Column, program: () => string): void {
  describe(column, () => {
    let port = 0;
    const stack = new AsyncDisposableStack();
    beforeAll(async () => {
      port = stack.use(await startOffering(program(), "serve")).port;
    });
    afterAll(() => stack.disposeAsync());
    testChecks(column, (name, lack) => checkAt(port, name, lack));

    testPassing(column, VANISHES, async () => {
      await using offering = await startOffering(program(), "serve");
      await checkVanishing(offering.port, () => offering.kill());
    });
  });
}

/** Our server serves, the program calls. */
function testCalling(column: Column, program: () => string): void {
  describe(column, () => {
    let outcomes = new Map<string, string>();
    beforeAll(async () => {
      await using server = await offer(() => serve(Peer, servePeer().peer));
      outcomes = await runChecks(program(), server.port);
      expect(await Promise.all(server.connections.map(({ closed }) => closed))).toEqual([
        undefined,
      ]);
      expect(server.connections.map(({ tableSizes }) => tableSizes)).toEqual([EMPTY]);
    }, 30_000);
    testChecks(column, (name) => expect(outcomes.get(name)).toBe("ok"));

    testPassing(column, VANISHES, async () => {
      const served = servePeer();
      await using server = await offer(() => serve(Peer, served.peer));
      expect(await vanishAt(program(), server.port)).toBe(0);
      expect(await Promise.all(server.connections.map(({ closed }) => closed))).toEqual([
        undefined,
      ]);
      expect(server.connections.map(({ tableSizes }) => tableSizes)).toEqual([EMPTY]);
      expect(served.liveCounters).toBe(0);
    });
  });
}

/** Our client calls our server, by way of the program. */
function testBetween(column: Column, program: () => string): void {
  describe(column, () => {
    let port = 0;
    const stack = new AsyncDisposableStack();
    beforeAll(async () => {
      const server = stack.use(await offer(() => serve(Peer, servePeer().peer)));
      port = stack.use(await startOffering(program(), "proxy", `${server.port}`)).port;
    });
    afterAll(() => stack.disposeAsync());
    testChecks(column, (name, lack) => checkAt(port, name, lack));

    testPassing(column, VANISHES, async () => {
      const served = servePeer();
      await using server = await offer(() => serve(Peer, served.peer));
      await using proxy = await startOffering(program(), "proxy", `${server.port}`);
      await checkVanishing(proxy.port, () => proxy.kill());
      await Promise.all(server.connections.map(({ closed }) => closed));
      expect(server.connections.map(({ tableSizes }) => tableSizes)).toEqual([EMPTY]);
      expect(served.liveCounters).toBe(0);
    });
  });
}

/** The program calls itself, by way of our vat. */
function testOnBothSides(column: Column, program: () => string): void {
  describe(column, () => {
    let outcomes = new Map<string, string>();
    beforeAll(async () => {
      await using far = await startOffering(program(), "serve");
      using upstream = await dial(far.port);
      await using server = await offer(() => upstream.bootstrap(Peer));
      outcomes = await runChecks(program(), server.port);
    }, 30_000);
    testChecks(column, (name) => expect(outcomes.get(name)).toBe("ok"));

    testPassing(column, VANISHES, async () => {
      await using far = await startOffering(program(), "serve");
      using upstream = await dial(far.port);
      await using server = await offer(() => upstream.bootstrap(Peer));
      expect(await vanishAt(program(), server.port)).toBe(0);
      await Promise.all(server.connections.map(({ closed }) => closed));
      expect(server.connections.map(({ tableSizes }) => tableSizes)).toEqual([EMPTY]);
      // The far side still holds what it was given, although its owner is gone.
      await expect.poll(() => upstream.tableSizes).toEqual({ ...EMPTY, exports: 1 });
      using peer = upstream.bootstrap(Peer);
      await peer.hold(null);
      peer[Symbol.dispose]();
      await expect.poll(() => upstream.tableSizes).toEqual(EMPTY);
    });
  });
}

/** One test for each check that can be made in this constellation. */
function testChecks(
  column: Column,
  run: (name: string, lack: Lack | undefined) => Promise<void> | void,
): void {
  for (const name of Object.keys(checks)) {
    const lack = lacks.find((known) => known.column === column && known.check === name);
    if (lack?.leaves !== "out") testPassing(column, name, () => run(name, lack));
  }
}

function testPassing(column: Column, name: string, run: () => Promise<void> | void): void {
  test(name, async () => {
    await run();
    passed.add(`${column}: ${name}`);
  });
}

/** Runs one check on its own connection, which must be empty at the end. */
async function checkAt(port: number, name: string, lack: Lack | undefined): Promise<void> {
  using connection = await dial(port);
  {
    using peer = connection.bootstrap(Peer);
    await checks[name]?.(peer);
  }
  const left = lack === undefined ? EMPTY : { ...EMPTY, questions: 1 };
  await expect.poll(() => connection.tableSizes).toEqual(left);
}

/** When the far side disappears, held capabilities are released and waiting calls fail. */
async function checkVanishing(port: number, vanish: () => void): Promise<void> {
  using connection = await dial(port);
  using peer = connection.bootstrap(Peer);
  let live = 2;
  await peer.hold(createCounter(() => void live--));
  using made = await peer.makeCounter();
  const waiting = peer.neverReturn(createCounter(() => void live--));
  const outcome = expect(waiting).rejects.toMatchObject({ kind: "disconnected" });
  await peer.canceled();
  vanish();
  await outcome;
  await expect(made.counter.add(1n)).rejects.toMatchObject({ kind: "disconnected" });
  await expect(peer.canceled()).rejects.toMatchObject({ kind: "disconnected" });
  expect(connection.tableSizes).toEqual(EMPTY);
  expect(live).toBe(0);
}

async function dial(port: number): Promise<Connection> {
  const socket = connectSocket(port, "127.0.0.1");
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return connect(createSocketTransport(socket));
}

interface Offer extends AsyncDisposable {
  readonly port: number;
  readonly connections: readonly Connection[];
}

/** Listens on 127.0.0.1; each connection gets a bootstrap capability of its own. */
async function offer(open: () => Client): Promise<Offer> {
  const connections: Connection[] = [];
  const server = createServer((socket: Socket) => {
    using bootstrap = open();
    connections.push(connect(createSocketTransport(socket), { bootstrap }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection[Symbol.dispose]();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Nested images below `svc/`, beside a first process. */
import { describe, expect, test } from "vitest";
import { cast, serve } from "#capnp";
import { Chooser, Clock, Host } from "#schema";
import { serveNode } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import { forever, getGrants, graft, NODE, openBench, PEER_ID } from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";
import type { Guest } from "./memory-cells.testing.ts";

/** Grants a clock to every petition. */
const chooser = serve(Chooser, {
  choose: () => ({
    choice: {
      which: "given",
      given: { label: "The time", cap: serve(Clock, { now: () => ({ ms: 7 }) }) },
    },
  }),
  restore: () => ({ choice: { which: "nothing", nothing: "" } }),
});

const GRANTS = {
  grants: {
    now: { ask: "clock", reason: "to tell it" },
    later: { ask: "clock", reason: "for the image itself" },
  },
  services: {
    web: { grants: ["now"], restart: "never" },
    flaky: { restart: "on-failure" },
  },
};

function createImage(services: Readonly<Record<string, string>>, grants: object = GRANTS) {
  return createTree({
    "bin/main.wasm": "main",
    "etc/grants.json": JSON.stringify(grants),
    ...Object.fromEntries(
      Object.entries(services).map(([path, program]) => [`svc/${path}`, program]),
    ),
  });
}

/** Serves a Host on the guest's connection until the guest is killed. */
async function serveForever(guest: Guest): Promise<number> {
  using served = serve(Host, serveNode(NODE));
  using connection = connect(createStreamTransport(guest.rpc), { bootstrap: served });
  await connection.closed;
  return 0;
}

describe("services", () => {
  test("run beside the first process, which finds what they serve by name, and end with it", async () => {
    await using bench = openBench({
      server: serveForever,
      async main(guest) {
        const { session } = await graft(guest);
        using found = session.services.find("web");
        using host = cast(found.cap, Host);
        expect((await host.id()).peerId).toEqual(PEER_ID);
        const { services } = await session.services.list();
        expect(services).toEqual([{ name: "web", state: "running", starts: 1 }]);
        await expect(session.services.find("none")).rejects.toThrow('no service "none"');
        return 0;
      },
    });
    const run = bench.start({ tree: createImage({ "web/bin/main.wasm": "server" }) });
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
    expect(bench.cells.running).toEqual([]);
  });

  test("get the grants that the image gives them, see their own files, and nothing else", async () => {
    const { promise: seen, resolve } = Promise.withResolvers<unknown>();
    await using bench = openBench({
      async service(guest) {
        const grants = await getGrants(guest);
        const [now] = grants;
        const told = {
          names: grants.map(({ name }) => name),
          ms: now && (await cast(now.cap, Clock).now()).ms,
          files: [...guest.request.tree.entries.keys()].toSorted(),
          terminal: guest.request.terminal,
        };
        resolve(told);
        return 0;
      },
      async main(guest) {
        const { session } = await graft(guest);
        expect(session.grants.map(({ name }) => name)).toEqual(["now", "later"]);
        await seen;
        return 0;
      },
    });
    // A service's own wishes are ignored: it gets only what the image gives it.
    const own = JSON.stringify({ grants: { more: { ask: "clock", reason: "because" } } });
    const tree = createImage({ "web/bin/main.wasm": "service", "web/etc/grants.json": own });
    const run = bench.start({ tree, chooser });
    expect(await seen).toEqual({
      names: ["now"],
      ms: 7,
      files: ["", "bin/main.wasm", "etc/grants.json"],
      terminal: undefined,
    });
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
  });

  test("are started again as their policy says", async () => {
    let starts = 0;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    await using bench = openBench({
      async failing() {
        starts++;
        if (starts === 2) resolve();
        return starts === 2 ? 0 : 3;
      },
      async main(guest) {
        const { session } = await graft(guest);
        await enough;
        await expect
          .poll(async () => (await session.services.list()).services)
          .toEqual([{ name: "flaky", state: "ended", starts: 2 }]);
        await expect(session.services.find("flaky")).resolves.toBeDefined();
        return 0;
      },
    });
    const run = bench.start({ tree: createImage({ "flaky/bin/main.wasm": "failing" }) });
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
    expect(starts).toBe(2);
  }, 20_000);

  test("may have services of their own, with a part of what they have", async () => {
    const told: Record<string, readonly string[]> = {};
    const { promise: inner, resolve } = Promise.withResolvers<void>();
    await using bench = openBench({
      async outer(guest) {
        told["outer"] = (await getGrants(guest)).map(({ name }) => name);
        return forever(guest);
      },
      async inner(guest) {
        told["inner"] = (await getGrants(guest)).map(({ name }) => name);
        resolve();
        return 0;
      },
      async main(guest) {
        await graft(guest);
        await inner;
        return 0;
      },
    });
    const nested = JSON.stringify({
      grants: {
        now: { ask: "clock", reason: "x" },
        later: { ask: "clock", reason: "x" },
      },
      services: { deep: { grants: ["now", "later"] } },
    });
    const tree = createImage({
      "web/bin/main.wasm": "outer",
      "web/etc/grants.json": nested,
      "web/svc/deep/bin/main.wasm": "inner",
    });
    const run = bench.start({ tree, chooser });
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
    expect(told).toEqual({ outer: ["now"], inner: ["now"] });
  });

  test("end with the service that they are nested in", async () => {
    const { promise: innerStarted, resolve } = Promise.withResolvers<void>();
    await using bench = openBench({
      async outer() {
        await innerStarted;
        return 0;
      },
      inner(guest) {
        resolve();
        return forever(guest);
      },
      async main(guest) {
        const { session } = await graft(guest);
        const list = async () => (await session.services.list()).services;
        await expect.poll(list).toMatchObject([{ name: "web", state: "ended" }]);
        await expect.poll(() => bench.cells.running).toEqual(["main"]);
        return 0;
      },
    });
    const tree = createImage({
      "web/bin/main.wasm": "outer",
      "web/svc/deep/bin/main.wasm": "inner",
    });
    const run = bench.start({ tree, chooser });
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
  });

  test("that cannot run say why, and leave the image running", async () => {
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        const found = session.services.find("web");
        await expect(cast(found.cap, Host).id()).rejects.toThrow(
          /Service "web" cannot run: .*Not a component/,
        );
        expect((await session.executor.echo("on")).response).toBe("Echo: on");
        return 0;
      },
    });
    const run = bench.start({ tree: createImage({ "web/bin/main.wasm": "nonsense" }) });
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
  });

  test("are bounded in number", async () => {
    await using bench = openBench({ main: async () => 0, server: serveForever });
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`s${at}/bin/main.wasm`, "server"]),
    );
    expect(await bench.start({ tree: createImage(many, {}) }).outcome).toMatchObject({
      type: "failed",
      reason: expect.stringContaining("an image can have 32 services"),
    });
  });
});

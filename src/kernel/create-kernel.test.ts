import { describe, expect, test } from "vitest";
import { decodeText, encodeText, Exception } from "#base";
import { cast, serve } from "#capnp";
import { Executor, Host, Membrane, WetwareSession } from "#schema";
import type { ExecutorServer } from "#schema";
import { serveNode } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import {
  forever,
  graft,
  NODE,
  openBench,
  PEER_ID,
  spawn,
  watchRuns,
} from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";

/** Preparation that never ends for one program. */
function never(program: string): (name: string) => Promise<void> {
  return (name) => (name === program ? new Promise(() => undefined) : Promise.resolve());
}

describe("run()", () => {
  test("gives the first process its request, its input and a membrane, and tells how it ended", async () => {
    await using bench = openBench({
      async main(guest) {
        const { name, args, env, tree, terminal } = guest.request;
        expect({ name, args, env, terminal }).toEqual({
          terminal: { stdin: true, stdout: true, stderr: true },
          name: "/ipfs/bafy",
          args: ["a", "b"],
          env: [["K", "v"]],
        });
        await guest.stdout.write(await tree.read("etc/motd", 0, 100));
        for (let bytes; (bytes = await guest.stdin.read(10)) !== undefined;) {
          await guest.stdout.write(bytes);
        }
        const { session } = await graft(guest);
        expect((await session.host.id()).peerId).toEqual(PEER_ID);
        await guest.stderr.write(encodeText((await session.executor.echo("x")).response));
        return 7;
      },
    });
    using watch = watchRuns(bench.owner);
    const run = bench.start({
      tree: createTree({ "bin/main.wasm": "main", "etc/motd": "hello " }),
    });
    await run.write("0123456789".repeat(100));
    run.close();
    expect(await run.outcome).toEqual({ type: "exited", code: 7 });
    expect(await run.stdout).toBe(`hello ${"0123456789".repeat(100)}`);
    expect(await run.stderr).toBe("Echo: x");
    // Changes of one turn are coalesced.
    await expect.poll(() => watch.stages().slice(-2)).toEqual(["running", "ended"]);
  });

  test("ends children with the first process", async () => {
    await using bench = openBench({
      forever,
      async main(guest) {
        const { session } = await graft(guest);
        await spawn(session, "forever");
        await spawn(session, "forever");
        expect(bench.cells.running).toEqual(["main", "forever", "forever"]);
        return 0;
      },
    });
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
    expect(bench.cells.running).toEqual([]);
  });

  test("ends children that are still being prepared", async () => {
    await using bench = openBench(
      {
        forever,
        async main(guest) {
          const { session } = await graft(guest);
          void spawn(session, "forever").catch(() => undefined);
          await session.executor.echo("the call before has arrived");
          return 0;
        },
      },
      never("forever"),
    );
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
    expect(bench.cells.running).toEqual([]);
  });

  test("does not mind a guest that exits in the middle of a message", async () => {
    await using bench = openBench({
      async main(guest) {
        await graft(guest);
        await guest.rpc.sink.write(Uint8Array.of(0, 0, 0, 0, 100, 0, 0, 0, 1));
        return 3;
      },
    });
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 3 });
  });

  test("ends the connection of a guest that sends nonsense, and nothing else", async () => {
    await using bench = openBench({
      async main(guest) {
        await guest.rpc.sink.write(encodeText("GET / HTTP/1.1\r\n\r\n"));
        const readToEnd = async (): Promise<void> => {
          while ((await guest.rpc.source.read(1000)) !== undefined);
        };
        await expect(readToEnd()).rejects.toMatchObject({ kind: "disconnected" });
        return 0;
      },
    });
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
  });

  test("tells a trap", async () => {
    await using bench = openBench({ main: () => Promise.reject(new Error("unreachable")) });
    expect(await bench.start().outcome).toEqual({ type: "trapped", message: "unreachable" });
  });

  test.each([
    ["no entrypoint", createTree({ "bin/tool.wasm": "main" }), /no "bin\/main\.wasm"/],
    ["bytes that are no component", createTree({ "bin/main.wasm": "x" }), 'Not a component: "x"'],
    [
      "a component that is too large",
      {
        entries: new Map([["bin/main.wasm", { type: "file" as const, sizeBytes: 2 ** 28 }]]),
        read: () => Promise.reject(new Error("never read")),
      },
      /has 268435456 bytes; at most/,
    ],
    [
      "blocks that cannot be had",
      {
        entries: new Map([["bin/main.wasm", { type: "file" as const, sizeBytes: 4 }]]),
        read: () => Promise.reject(new Exception("failed", "There is no block")),
      },
      "There is no block",
    ],
  ])("says why it could not begin: %s", async (_, tree, reason) => {
    await using bench = openBench({ main: async () => 0 });
    const run = bench.start({ tree });
    expect(await run.outcome).toEqual({ type: "failed", reason: expect.stringMatching(reason) });
    expect([await run.stdout, await run.stderr]).toEqual(["", ""]);
    await expect(run.write("x")).rejects.toThrow("closed");
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
  });

  test("takes no input once the process has ended", async () => {
    await using bench = openBench({ main: async () => 0 });
    const run = bench.start();
    await run.outcome;
    await expect(run.write("x")).rejects.toThrow("closed");
  });

  test("gives the process all of its input before its end, also when that comes early", async () => {
    await using bench = openBench({
      async main({ stdin, stdout }) {
        for (let bytes; (bytes = await stdin.read(10)) !== undefined;) await stdout.write(bytes);
        return 0;
      },
    });
    const run = bench.start();
    await run.write("typed early");
    run.close();
    expect(await run.stdout).toBe("typed early");
  });

  test("runs images beside each other, each with processes of its own", async () => {
    const { promise: both, resolve: onBoth } = Promise.withResolvers<void>();
    let started = 0;
    await using bench = openBench({
      async main(guest) {
        if (++started === 2) onBoth();
        await both;
        await guest.stdout.write(encodeText("here"));
        return 0;
      },
    });
    const runs = [bench.start(), bench.start()];
    for (const run of runs) expect(await run.stdout).toBe("here");
  });
});

describe("a run that is stopped", () => {
  test("kills its processes, and ends with the reason", async () => {
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        await spawn(session, "forever");
        return forever(guest);
      },
      forever,
    });
    const started = bench.start();
    await expect.poll(() => bench.cells.running).toEqual(["main", "forever"]);
    await started.run.stop("Stopped");
    expect(await started.outcome).toEqual({ type: "killed", reason: "Stopped" });
    expect(bench.cells.running).toEqual([]);
  });

  test("does not wait for its component to be prepared", async () => {
    await using bench = openBench({ main: forever }, never("main"));
    const started = bench.start();
    await started.run.stop("Stopped");
    expect(await started.outcome).toEqual({ type: "killed", reason: "Stopped" });
    expect([await started.stdout, await started.stderr]).toEqual(["", ""]);
  });

  test("ends with its kernel", async () => {
    const bench = openBench({ main: forever });
    const run = bench.start();
    await expect.poll(() => bench.cells.running).toEqual(["main"]);
    await bench[Symbol.asyncDispose]();
    expect(await run.outcome).toEqual({ type: "killed", reason: "The kernel was stopped" });
    expect(bench.cells.running).toEqual([]);
  });
});

describe("a child", () => {
  test("bootstraps a bare host, whose executor starts further ones", async () => {
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        const child = await spawn(session, "child", ["x"]);
        const { stream } = await child.stdout();
        expect(decodeText((await stream.read(100)).data)).toBe("child of x");
        expect((await child.wait()).exitCode).toBe(5);
        expect((await child.wait()).exitCode).toBe(5);
        return 0;
      },
      async child(guest) {
        // A child's output goes to its parent, not to a terminal.
        expect(guest.request.terminal ?? false).toBe(false);
        using connection = connect(createStreamTransport(guest.rpc));
        using host = connection.bootstrap(Host);
        expect((await host.id()).peerId).toEqual(PEER_ID);
        using membrane = connection.bootstrap(Membrane(WetwareSession));
        await expect(membrane.graft(null)).rejects.toMatchObject({ kind: "unimplemented" });
        await expect(host.connect(PEER_ID, [])).rejects.toThrow("invalid peer ID: ");
        const someone = Uint8Array.of(0, 36, 8, 1, 18, 32, ...new Uint8Array(32));
        await expect(host.connect(someone, [])).rejects.toThrow("ww-membrane/permission-denied");
        const { executor } = await host.executor();
        const grandchild = await spawn({ executor }, "grandchild");
        expect((await grandchild.wait()).exitCode).toBe(1);
        await guest.stdout.write(encodeText(`child of ${guest.request.args.join()}`));
        return 5;
      },
      grandchild: () => Promise.reject(new Error("unreachable")),
    });
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
  });

  test("that cannot start is an exception, and the session lives on", async () => {
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        await expect(spawn(session, "nonsense")).rejects.toThrow('Not a component: "nonsense"');
        expect((await session.executor.echo("x")).response).toBe("Echo: x");
        return 0;
      },
    });
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
  });

  test("is killed by its capability, and its parent hears of it", async () => {
    await using bench = openBench({
      forever,
      async main(guest) {
        const { session } = await graft(guest);
        const child = await spawn(session, "forever");
        await child.kill();
        return (await child.wait()).exitCode;
      },
    });
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 137 });
  });

  test("releases what it held when it ends, however it ends", async () => {
    const released: string[] = [];
    const served: ExecutorServer & Disposable = {
      echo: () => ({ response: "served" }),
      runBytes: () => Promise.reject(new Error("not asked for")),
      [Symbol.dispose]: () => void released.push("executor"),
    };
    await using bench = openBench({
      /** Serves a capability, and keeps running. */
      async server(guest) {
        const connection = connect(createStreamTransport(guest.rpc), {
          bootstrap: serve(Host, {
            ...serveNode(NODE),
            executor: () => ({ executor: serve(Executor, served) }),
          }),
        });
        await connection.closed;
        return 0;
      },
      async holder(guest) {
        using connection = connect(createStreamTransport(guest.rpc));
        const { executor } = await connection.bootstrap(Host).executor();
        const server = await spawn({ executor }, "server");
        const { cap } = await server.bootstrap();
        const { executor: held } = await cast(cap, Host).executor();
        expect((await held.echo("x")).response).toBe("served");
        expect(released).toEqual([]);
        if (guest.request.args[0] === "trap") throw new Error("unreachable");
        return 0;
      },
      async main(guest) {
        const { session } = await graft(guest);
        for (const how of ["exit", "trap"]) {
          const holder = await spawn(session, "holder", [how]);
          expect((await holder.wait()).exitCode).toBe(how === "trap" ? 1 : 0);
          await expect.poll(() => released.splice(0)).toEqual(["executor"]);
        }
        return 0;
      },
    });
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
  });

  test("is refused beyond what a run may have, until another has ended", async () => {
    await using bench = openBench({
      forever,
      async main(guest) {
        const { session } = await graft(guest);
        const first = await spawn(session, "forever");
        for (let count = 2; count < 128; count++) await spawn(session, "forever");
        await expect(spawn(session, "forever")).rejects.toMatchObject({
          kind: "overloaded",
          message: expect.stringContaining("128 are running"),
        });
        await first.kill();
        await first.wait();
        await spawn(session, "forever");
        return 0;
      },
    });
    expect(await bench.start({ limits: { children: 200 } }).outcome).toEqual({
      type: "exited",
      code: 0,
    });
    expect(bench.cells.running).toEqual([]);
  });

  test("is refused beyond what its parent may have; a grandchild is another parent's", async () => {
    await using bench = openBench({
      forever,
      async parent(guest) {
        using connection = connect(createStreamTransport(guest.rpc));
        const { executor } = await connection.bootstrap(Host).executor();
        await spawn({ executor }, "forever");
        return 7;
      },
      async main(guest) {
        const { session } = await graft(guest);
        const parent = await spawn(session, "parent");
        const second = await spawn(session, "forever");
        expect((await parent.wait()).exitCode).toBe(7);
        await spawn(session, "forever");
        await expect(spawn(session, "forever")).rejects.toMatchObject({
          kind: "overloaded",
          message: expect.stringContaining("has 2 children already"),
        });
        await second.kill();
        await second.wait();
        await spawn(session, "forever");
        return 0;
      },
    });
    const run = bench.start({ limits: { children: 2 } });
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
    expect(bench.cells.running).toEqual([]);
  });

  test("is refused where its parent may have none", async () => {
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        const sentence = /Cannot start process: this one may have no children$/;
        await expect(spawn(session, "main")).rejects.toThrow(sentence);
        return 0;
      },
    });
    const { outcome } = bench.start({ limits: { children: 0 } });
    expect(await outcome).toEqual({ type: "exited", code: 0 });
  });

  test("is not started for a caller who gave up", async () => {
    await using bench = openBench(
      {
        forever,
        async main(guest) {
          const { session } = await graft(guest);
          const stop = new AbortController();
          const starting = session.executor.runBytes(encodeText("forever"), [], [], {
            signal: stop.signal,
          });
          await session.executor.echo("the call before has arrived");
          stop.abort(new Error("enough"));
          await expect(starting).rejects.toThrow("enough");
          await session.executor.echo("the end of it has arrived");
          expect(bench.cells.running).toEqual(["main"]);
          return 0;
        },
      },
      never("forever"),
    );
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
  });
});

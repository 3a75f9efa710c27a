/** Contract tests of the `Owner` capability, for any transport. */
import { describe, expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import type { FileTree } from "#base";
import { cast, serve } from "#capnp";
import { Executor, Host, Launcher } from "#schema";
import type { Owner } from "#schema";
import { readPieces, serveNode } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import {
  find,
  forever,
  getGrants,
  graft,
  launch,
  NODE,
  PEER_ID,
  spawn,
  startRun,
  watchRuns,
} from "./kernel-bench.testing.ts";
import type { GivenImage } from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";
import type { Program } from "./memory-cells.testing.ts";

/** A kernel over cells in memory, with a given image. */
export interface OpenedOwner extends AsyncDisposable {
  readonly owner: Owner;
  give(image: GivenImage): void;
}

export type OpenOwner = (programs: Readonly<Record<string, Program>>) => Promise<OpenedOwner>;

const TREE = createTree({ "bin/main.wasm": "main", "etc/motd": "hello" });

export function testOwner(name: string, open: OpenOwner): void {
  describe(`an owner's capability ${name}`, () => {
    test("runs an image with its streams, its files, the node and more output than any pipe holds", async () => {
      await using opened = await open({
        async main(guest) {
          await guest.stdout.write(await guest.request.tree.read("etc/motd", 1, 3));
          for (let bytes; (bytes = await guest.stdin.read(10)) !== undefined;) {
            await guest.stdout.write(bytes);
          }
          const { session } = await graft(guest);
          expect((await session.host.id()).peerId).toEqual(PEER_ID);
          await expect(session.host.connect(PEER_ID, [])).rejects.toThrow("connect failed: nobody");
          await guest.stderr.write(encodeText("x".repeat(200_000)));
          return 7;
        },
      });
      opened.give({ tree: TREE });
      const run = startRun(opened.owner);
      await run.write(" typed");
      run.close();
      expect(await run.outcome).toEqual({ type: "exited", code: 7 });
      expect(await run.stdout).toBe("ell typed");
      expect((await run.stderr).length).toBe(200_000);
    });

    test("gives what is mounted, and the contents of an index of many pages", async () => {
      await using opened = await open({
        async main({ request, stdout }) {
          const [mount] = request.mounts ?? [];
          await stdout.write(encodeText(`${request.tree.entries.size} ${mount?.path} `));
          await stdout.write((await mount?.tree.read("note", 1, 3)) ?? new Uint8Array());
          return 0;
        },
      });
      const files = Array.from({ length: 10_000 }, (_, at) => [`files/${at}`, ""] as const);
      const tree = createTree({ "bin/main.wasm": "main", ...Object.fromEntries(files) });
      opened.give({ tree });
      const mounts = [{ path: "/data", layer: "hello" }];
      const run = startRun(opened.owner, { mounts });
      expect(await run.outcome).toEqual({ type: "exited", code: 0 });
      expect(await run.stdout).toBe(`${tree.entries.size} /data ell`);
    });

    test("stops a run that waits for its image, or runs", async () => {
      await using opened = await open({ main: forever });
      const { promise: reading, resolve: onRead } = Promise.withResolvers<void>();
      const never: FileTree = {
        ...TREE,
        read(_path, _offset, _length, { signal } = {}) {
          onRead();
          return new Promise((_, reject) => {
            signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
          });
        },
      };
      opened.give({ tree: never });
      const waiting = startRun(opened.owner);
      await reading;
      using watch = watchRuns(opened.owner);
      opened.give({ tree: TREE });
      const running = startRun(opened.owner);
      await expect.poll(() => watch.stages()).toContain("running");
      await waiting.run.stop("Stopped");
      await running.run.stop("Stopped");
      expect(await waiting.outcome).toEqual({ type: "killed", reason: "Stopped" });
      expect(await running.outcome).toEqual({ type: "killed", reason: "Stopped" });
    });

    test("lists runs and tells each change, with the processes that live", async () => {
      await using opened = await open({
        async main(guest) {
          const { session } = await graft(guest);
          await spawn(session, "forever", ["x"]);
          await guest.stdin.read(1);
          return 3;
        },
        forever,
      });
      using watch = watchRuns(opened.owner);
      const run = startRun(opened.owner, { layers: ["/ipfs/base", "/ipfs/top"] });
      const processes = [
        { pid: 0, parent: 0, args: ["bin/main.wasm", "a", "b"] },
        { pid: 1, parent: 0, args: ["process", "x"] },
      ];
      await expect.poll(() => watch.entries.at(-1)?.processes).toEqual(processes);
      expect((await run.run.processes()).processes).toEqual(processes);
      // The first process has grafted and started a child, which has sent nothing.
      const { counters } = await run.run.counters();
      expect(counters).toMatchObject([{ pid: 0 }, { pid: 1, receivedMessages: 0, openCalls: 0 }]);
      expect(counters[0]?.receivedMessages).toBeGreaterThanOrEqual(2);
      expect(counters[0]?.receivedBytes).toBeGreaterThan(64);
      expect(counters[0]?.sentBytes).toBeGreaterThan(64);
      {
        using listed = await opened.owner.runs();
        expect(listed.runs).toMatchObject([{ id: 1, layers: ["/ipfs/base", "/ipfs/top"] }]);
      }
      run.close();
      expect(await run.outcome).toEqual({ type: "exited", code: 3 });
      const ended = { stage: { which: "ended", ended: { which: "exited", exited: 3 } } };
      await expect.poll(() => watch.entries.at(-1)).toMatchObject({ ...ended, processes: [] });
    });

    test("ends a run that nobody holds, unless it was kept", async () => {
      await using opened = await open({ main: forever });
      using watch = watchRuns(opened.owner);
      {
        using kept = opened.owner.boot({ layers: ["kept"] });
        using dropped = opened.owner.boot({ layers: ["dropped"] });
        await kept.run.keep();
        await dropped.run.limits();
      }
      await expect.poll(() => watch.gone).toEqual([2]);
      using listed = await opened.owner.runs();
      expect(listed.runs).toMatchObject([{ layers: ["kept"] }]);
      await listed.runs[0]?.run.stop("Enough");
    });

    test("tells the limits that hold, and how guests wait", async () => {
      await using opened = await open({ main: forever });
      const MiB = 2 ** 20;
      expect(await opened.owner.system()).toMatchObject({
        mode: "jspi",
        limits: {
          memoryBytes: 256 * MiB,
          runMemoryBytes: 2048 * MiB,
          children: 64,
          cpuSeconds: -1,
        },
      });
      using booted = opened.owner.boot({ limits: { memoryBytes: 4096 * MiB, children: 0 } });
      const { limits } = await booted.run.limits();
      expect(limits).toMatchObject({ memoryBytes: 4096 * MiB, children: 0 });
      expect(limits.runMemoryBytes).toBe(4096 * MiB);
      expect(await opened.owner.storage()).toMatchObject({ usedBytes: 1, quotaBytes: 2 });
    });

    test("refuses orders that no run can have, and goes on", async () => {
      await using opened = await open({ main: async () => 0 });
      const orders = [
        { layers: Array.from({ length: 65 }, () => "x") },
        { args: ["x".repeat(1024 * 1024)] },
        { limits: { pipeBytes: 1e308 } },
        { limits: { pipeBytes: 0 } },
        { limits: { memories: 0.5 } },
      ];
      for (const order of orders) {
        using booted = opened.owner.boot({ layers: ["x"], ...order });
        await expect(booted.run.wait()).rejects.toThrow(/^Cannot run the order: it(s| names)/);
      }
      expect(await startRun(opened.owner).outcome).toEqual({ type: "exited", code: 0 });
    });

    test("advances the epoch of one run, and of no other", async () => {
      const { promise: advanced, resolve } = Promise.withResolvers<void>();
      const told: string[] = [];
      let grafted = 0;
      await using opened = await open({
        async main(guest) {
          const { session } = await graft(guest);
          const name = guest.request.args.join();
          await session.executor.echo(name);
          grafted++;
          await advanced;
          const answered = await session.executor.echo(name).catch(String);
          told.push(`${name}: ${typeof answered === "string" ? answered : answered.response}`);
          return 0;
        },
      });
      const runs = [
        startRun(opened.owner, { args: ["one"] }),
        startRun(opened.owner, { args: ["two"] }),
      ];
      await expect.poll(() => grafted).toBe(2);
      const [first] = runs;
      // An empty head leaves the process running.
      const { epoch } = (await first?.run.advance(new Uint8Array(0))) ?? {};
      expect(epoch).toMatchObject({ seq: 1n, head: new Uint8Array(0) });
      expect((await first?.run.epoch())?.epoch.seq).toBe(1n);
      resolve();
      for (const { outcome } of runs) await outcome;
      expect(told.toSorted()).toEqual([
        expect.stringMatching(/^one: .*staleEpoch/),
        "two: Echo: two",
      ]);
    });

    test("adopts a new head: ends all processes, opens its image, and starts its first process", async () => {
      const epochs: bigint[] = [];
      await using opened = await open({
        forever,
        async main(guest) {
          const { session, epoch } = await graft(guest);
          epochs.push(epoch);
          await spawn(session, "forever");
          await guest.stdout.write(encodeText(`${guest.request.name} `));
          if (epoch === 2n) return 5;
          return await forever(guest);
        },
      });
      opened.give({ tree: TREE });
      using watch = watchRuns(opened.owner);
      const run = startRun(opened.owner, { layers: ["/ipfs/base", "/ipfs/one"] });
      await expect.poll(() => watch.entries.at(-1)?.processes.length).toBe(2);
      await run.run.advance(encodeText("/ipfs/two"));
      await expect.poll(() => epochs).toEqual([0n, 1n]);
      // A head that cannot be opened leaves the run without processes, until the next one.
      opened.give({ tree: createTree({}) });
      await run.run.advance(encodeText("nonsense"));
      const halted = { halted: "Cannot open the new head: it is not the path of an image" };
      await expect
        .poll(() => watch.entries.at(-1))
        .toMatchObject({ stage: { which: "halted", ...halted }, processes: [] });
      opened.give({ tree: TREE });
      // Of two heads at once, the later one is opened.
      void run.run.advance(encodeText("/ipfs/three"));
      await run.run.advance(encodeText("/ipfs/four"));
      await expect.poll(() => epochs.length).toBeGreaterThan(2);
      await run.run.stop("Enough");
      expect(await run.outcome).toEqual({ type: "killed", reason: "Enough" });
      expect(epochs).toEqual([0n, 1n, 4n]);
      expect(await run.stdout).toMatch(/^\/ipfs\/one \/ipfs\/two \/ipfs\/four $/);
      await expect(run.run.advance(encodeText("/ipfs/five"))).rejects.toThrow("run has ended");
    });

    test("stops a run that waits for a better head", async () => {
      await using opened = await open({ main: forever });
      using watch = watchRuns(opened.owner);
      const run = startRun(opened.owner);
      await run.run.advance(Uint8Array.of(0xff));
      await expect.poll(() => watch.stages().at(-1)).toBe("halted");
      await run.run.stop("Enough");
      expect(await run.outcome).toEqual({ type: "killed", reason: "Enough" });
    });

    test("tells who holds what, and revokes a grant with all that was granted through it", async () => {
      const { promise: revoked, resolve: onRevoked } = Promise.withResolvers<void>();
      const told: string[] = [];
      await using opened = await open({
        /** Passes on one of its grants, which is then revoked for both. */
        async middle(guest) {
          const grants = await getGrants(guest);
          using launcher = cast(find(grants, "launcher"), Launcher);
          using launched = await launch(launcher, "leaf", [
            { name: "again", cap: find(grants, "executor") },
          ]);
          return (await launched.process.wait()).exitCode;
        },
        async leaf(guest) {
          using executor = cast(find(await getGrants(guest), "again"), Executor);
          told.push((await executor.echo("before")).response);
          await revoked;
          await executor.echo("after").catch((reason: unknown) => told.push(String(reason)));
          return 0;
        },
        async main(guest) {
          const { session } = await graft(guest);
          const { launcher, executor } = session;
          using launched = await launch(launcher, "middle", [
            { name: "executor", cap: executor },
            { name: "launcher", cap: launcher },
          ]);
          return (await launched.process.wait()).exitCode;
        },
      });
      const run = startRun(opened.owner, { layers: ["/ipfs/x"] });
      using results = run.run.account();
      const { account } = results;
      let latest: readonly unknown[] = [];
      using watching = account.watch({
        changed: (entries: readonly unknown[]) => void (latest = entries),
      });
      await expect.poll(() => told).toEqual(["Echo: before"]);
      const { entries } = await account.snapshot();
      expect(entries.map(({ id, pid, holder, name, via }) => [id, pid, holder, name, via])).toEqual(
        [
          [1, 0, "/ipfs/x", "session", 0],
          [2, 1, "program middle", "executor", 1],
          [3, 1, "program middle", "launcher", 1],
          [4, 2, "program leaf", "again", 2],
        ],
      );
      expect(entries[3]).toMatchObject({ uses: 1, refusals: 0 });
      expect(latest).toHaveLength(4);
      expect((await account.revoke(2)).ended).toEqual([
        "program middle: executor",
        "program leaf: again",
      ]);
      expect((await account.revoke(2)).ended).toEqual([]);
      onRevoked();
      expect(await run.outcome).toEqual({ type: "exited", code: 0 });
      expect(told[1]).toMatch(/target-revoked.*"program middle: executor" was revoked/);
      const lines = (await account.log()).lines.trimEnd().split("\n");
      expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toContain(
        "revoked",
      );
      await expect.poll(() => latest).toEqual([]);
      watching[Symbol.dispose]();
    });

    test("gives what the first process serves, and why where it serves nothing", async () => {
      await using opened = await open({
        async main(guest) {
          using served = serve(Host, serveNode(NODE));
          using connection = connect(createStreamTransport(guest.rpc), { bootstrap: served });
          await connection.closed;
          return 0;
        },
      });
      {
        const { run } = startRun(opened.owner);
        using results = run.bootstrap();
        using host = cast(results.cap, Host);
        expect((await host.id()).peerId).toEqual(PEER_ID);
        await run.stop("Enough");
      }
      opened.give({ tree: createTree({}) });
      const failed = startRun(opened.owner);
      expect(await failed.outcome).toMatchObject({ type: "failed" });
      using results = failed.run.bootstrap();
      using host = cast(results.cap, Host);
      await expect(host.id()).rejects.toThrow("ended before its first process started");
    });

    test("gives the image that was stored, and says where none was", async () => {
      await using opened = await open({ main: async () => 0 });
      const run = startRun(opened.owner, { saves: true });
      expect(await run.outcome).toEqual({ type: "exited", code: 0 });
      {
        using saved = await run.run.saved();
        expect(saved.path).toBe("/ipfs/new,old");
        let text = "";
        for await (const piece of readPieces(saved.car)) text += decodeText(piece);
        expect(text).toBe("a car of content");
      }
      const other = startRun(opened.owner);
      await other.outcome;
      await expect(other.run.saved()).rejects.toThrow("has stored no image");
    });
  });
}

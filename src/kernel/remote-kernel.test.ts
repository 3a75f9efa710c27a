import { expect, test } from "vitest";
import { encodeText } from "#base";
import { createKernel } from "./create-kernel.ts";
import { forever, graft, NODE, PEER_ID, startRun } from "./kernel-bench.testing.ts";
import type { Kernel } from "./kernel.ts";
import { monotonicMs, createMemoryCells, createTree } from "./memory-cells.testing.ts";
import type { Program } from "./memory-cells.testing.ts";
import { serveKernel, startKernel } from "./remote-kernel.ts";
import type { KernelWorker } from "./remote-kernel.ts";

const TREE = createTree({ "bin/main.wasm": "main", "etc/motd": "hello" });

/** Cells in memory need no workers. */
const OPTIONS = {
  node: NODE,
  serveWorkers: (port: MessagePort): Disposable => ({ [Symbol.dispose]: () => port.close() }),
};

/** A worker that is nothing but a channel; its far end is served by the given kernel. */
function spawn(create: Parameters<typeof serveKernel>[1]): () => KernelWorker {
  return () => {
    const { port1, port2 } = new MessageChannel();
    serveKernel(port2, create);
    const terminate = (): void => {
      port1.close();
      port2.close();
    };
    return Object.assign(port1, { terminate });
  };
}

function startRemote(programs: Readonly<Record<string, Program>>): Kernel {
  const create = spawn(async (node) =>
    createKernel({ cells: createMemoryCells(programs), node, monotonicMs }),
  );
  return startKernel(create, OPTIONS);
}

test("a run by way of a worker is the same run", async () => {
  await using kernel = startRemote({
    async main(guest) {
      await guest.stdout.write(await guest.request.tree.read("etc/motd", 1, 3));
      for (let bytes; (bytes = await guest.stdin.read(10)) !== undefined;) {
        await guest.stdout.write(bytes);
      }
      expect(guest.request.terminal).toBe(true);
      const { session } = await graft(guest);
      expect((await session.host.id()).peerId).toEqual(PEER_ID);
      await expect(session.host.connect(PEER_ID, [])).rejects.toThrow("connect failed: nobody");
      await guest.stderr.write(encodeText("x".repeat(200_000)));
      return 7;
    },
  });
  const run = startRun(kernel, TREE);
  await run.stdin.write(encodeText(" typed"));
  run.stdin.close();
  expect(await run.outcome).toEqual({ type: "exited", code: 7 });
  expect(await run.stdout).toBe("ell typed");
  expect((await run.stderr).length).toBe(200_000);
  expect(run.stdin.closed).toBe(true);
});

test("what is mounted reaches the first process, and its contents when they are asked for", async () => {
  await using kernel = startRemote({
    async main({ request, stdout }) {
      for (const { path, tree } of request.mounts ?? []) {
        await stdout.write(encodeText(`${path}:${[...tree.entries.keys()].join()} `));
        await stdout.write(await tree.read("note", 1, 3));
      }
      return 0;
    },
  });
  const mounts = [{ path: "/data", tree: createTree({ note: "hello" }) }];
  const run = startRun(kernel, TREE, {}, { mounts });
  expect(await run.outcome).toEqual({ type: "exited", code: 0 });
  expect(await run.stdout).toMatch(/^\/data:\S*note ell$/);
});

test("the signal ends a run that waits for anything", async () => {
  await using kernel = startRemote({ main: forever });
  const stop = new AbortController();
  const { entries } = TREE;
  const reading = Promise.withResolvers<void>();
  const never = {
    entries,
    read: () => {
      reading.resolve();
      return new Promise<Uint8Array>(() => undefined);
    },
  };
  const waiting = startRun(kernel, never, { signal: stop.signal });
  const states: string[] = [];
  const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
  const running = startRun(kernel, TREE, {
    signal: stop.signal,
    onState(state) {
      states.push(state);
      if (state === "running") onStarted();
    },
  });
  await Promise.all([reading.promise, started]);
  stop.abort(new Error("Stopped"));
  expect(await waiting.outcome).toEqual({ type: "killed", reason: "Stopped" });
  expect(await running.outcome).toEqual({ type: "killed", reason: "Stopped" });
  expect(states).toEqual(["preparing", "running"]);
  expect([await running.stdout, await running.stderr]).toEqual(["", ""]);
});

test("a kernel that cannot be made is said with every run", async () => {
  const create = spawn(() => Promise.reject(new Error("There is no memory left")));
  await using kernel = startKernel(create, OPTIONS);
  for (let count = 0; count < 2; count++) {
    const run = startRun(kernel, TREE);
    expect(await run.outcome).toEqual({ type: "failed", reason: "There is no memory left" });
    expect([await run.stdout, await run.stderr]).toEqual(["", ""]);
  }
});

test("a worker that breaks down ends what runs in it, and says so", async () => {
  let worker: KernelWorker | undefined;
  const create = spawn(async (node) =>
    createKernel({ cells: createMemoryCells({ main: forever }), node, monotonicMs }),
  );
  await using kernel = startKernel(() => (worker = create()), OPTIONS);
  const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
  const run = startRun(kernel, TREE, {
    onState: (state) => state === "running" && onStarted(),
  });
  await started;
  (worker as unknown as EventTarget).dispatchEvent(new Event("error"));
  const reason = "The kernel's worker failed; reload the page";
  expect(await run.outcome).toEqual({ type: "failed", reason });
  expect(await startRun(kernel, TREE).outcome).toEqual({ type: "failed", reason });
});

test("a worker that cannot even be loaded is said with every run", async () => {
  const { port1 } = new MessageChannel();
  const terminate = (): void => port1.close();
  await using kernel = startKernel(() => Object.assign(port1, { terminate }), OPTIONS);
  const runs = [startRun(kernel, TREE)];
  port1.dispatchEvent(new Event("error"));
  runs.push(startRun(kernel, TREE));
  for (const { outcome } of runs) {
    expect(await outcome).toEqual({
      type: "failed",
      reason: "The kernel's worker failed; reload the page",
    });
  }
});

test("disposing ends what runs", async () => {
  const kernel = startRemote({ main: forever });
  const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
  const run = startRun(kernel, TREE, {
    onState: (state) => state === "running" && onStarted(),
  });
  await started;
  await kernel[Symbol.asyncDispose]();
  expect(await run.outcome).toEqual({ type: "killed", reason: "The kernel was stopped" });
});

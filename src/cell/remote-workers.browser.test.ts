/** Cells whose workers are started on the other side of a port. */
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { CELL_ADDRESS, MODES, NO_FILES, startBench } from "./bench.testing.ts";
import type { Cell } from "./cell.ts";
import type { CompiledComponent } from "./compile-component.ts";
import { command, exits, EXIT_IMPORT, LOOPS, STREAM_IMPORTS } from "./guests.testing.ts";
import type { CellMode } from "#base";
import { openRemoteWorkers, serveWorkers } from "./remote-workers.ts";
import { startCell } from "./start-cell.ts";
import type { WorkerLike } from "./worker-like.ts";

const bench = startBench();

let exiting: CompiledComponent;
let looping: CompiledComponent;
beforeAll(async () => {
  exiting = await bench.compile(await command(exits("exit-with-code", 7), EXIT_IMPORT));
  looping = await bench.compile(await command(LOOPS, STREAM_IMPORTS));
});

interface Remote {
  /** Workers that were started for the other side, and not yet terminated. */
  readonly alive: ReadonlySet<Worker>;
  /** Resolves when that many workers are alive. */
  until(count: number): Promise<void>;
  start(component: CompiledComponent, mode: CellMode, signal?: AbortSignal): Cell;
  readonly spawn: () => WorkerLike;
  readonly served: Disposable;
}

function openRemote(address: string = CELL_ADDRESS): Remote {
  const { port1, port2 } = new MessageChannel();
  const alive = new Set<Worker>();
  const served = serveWorkers(port1, () => {
    const worker = new Worker(address, { type: "module" });
    const terminate = worker.terminate.bind(worker);
    worker.terminate = () => {
      alive.delete(worker);
      terminate();
    };
    alive.add(worker);
    return worker;
  });
  onTestFinished(() => {
    served[Symbol.dispose]();
    port2.close();
  });
  const spawn = openRemoteWorkers(port2);
  return {
    alive,
    served,
    spawn,
    until: (count) => expect.poll(() => alive.size).toBe(count),
    start: (component, mode, signal) =>
      startCell(
        { name: "guest", component, args: [], env: [], tree: NO_FILES },
        { spawn, mode, monotonicMs: () => performance.now(), signal },
      ),
  };
}

test.each(MODES)("a cell runs in a worker that the other side has started: %s", async (mode) => {
  const remote = openRemote();
  const cells = [remote.start(exiting, mode), remote.start(exiting, mode)];
  for (const cell of cells) expect(await cell.exited).toEqual({ type: "exited", code: 7 });
  await remote.until(0);
});

test.each(MODES)("terminate() ends one in the middle of a busy loop: %s", async (mode) => {
  const remote = openRemote();
  const stop = new AbortController();
  const [stopped, other] = [
    remote.start(looping, mode, stop.signal),
    remote.start(looping, mode),
  ] as const;
  await remote.until(2);
  stop.abort(new Error("enough"));
  expect(await stopped.exited).toEqual({ type: "killed", reason: "enough" });
  await remote.until(1);
  await other[Symbol.asyncDispose]();
  await remote.until(0);
});

test("a script that cannot be loaded ends the cell with what to do", async () => {
  const remote = openRemote("/no-such-script.js");
  const cell = remote.start(exiting, "jspi");
  expect(await cell.exited).toEqual({
    type: "trapped",
    message: 'Cell "guest" failed: its worker script could not be loaded; reload the page',
  });
  await remote.until(0);
});

test("serveWorkers() terminates what is left when it is disposed", async () => {
  const remote = openRemote();
  remote.spawn();
  remote.spawn();
  await remote.until(2);
  remote.served[Symbol.dispose]();
  expect(remote.alive.size).toBe(0);
});

/** Real workers, counted: which of them wait, whose they are, and that nothing is left. */
import { createNotice, decodeText, readAll } from "#base";
import { afterAll, expect, test } from "vitest";
import { NO_FILES, startBench } from "./bench.testing.ts";
import { command, exits, EXIT_IMPORT } from "./guests.testing.ts";
import { startCell } from "./start-cell.ts";
import type { WorkerLike } from "./worker-like.ts";
import { createWorkerPool } from "./worker-pool.ts";

const bench = startBench();
afterAll(() => bench[Symbol.dispose]());

interface Counter {
  readonly alive: ReadonlySet<WorkerLike>;
  readonly spawned: number;
  /** Resolves when another one is spawned. */
  next(): Promise<void>;
  readonly spawn: () => WorkerLike;
}

function createCounter(start: () => Worker): Counter {
  const alive = new Set<WorkerLike>();
  const changed = createNotice();
  let spawned = 0;
  return {
    alive,
    get spawned() {
      return spawned;
    },
    next: () => changed.wait(),
    spawn() {
      const worker = start();
      const terminate = worker.terminate.bind(worker);
      worker.terminate = () => {
        alive.delete(worker);
        terminate();
      };
      alive.add(worker);
      spawned++;
      changed.notify();
      return worker;
    },
  };
}

function createCellCounter(): Counter {
  return createCounter(
    () => new Worker(new URL("../workers/cell.worker.ts", import.meta.url), { type: "module" }),
  );
}

test("createWorkerPool() has as many workers waiting as it is told, and replaces those that are taken", async () => {
  const workers = createCellCounter();
  using pool = createWorkerPool({ spawn: workers.spawn, size: 2, idleMs: 0 });
  await pool.filled();
  expect(workers.spawned).toBe(2);
  const taken = new Set([pool.take(), pool.take(), pool.take()]);
  // The third had to be a new one.
  expect(taken.size).toBe(3);
  expect(workers.spawned).toBe(3);
  await pool.filled();
  expect(workers.spawned).toBe(5);
  for (const worker of taken) worker.terminate();
  pool[Symbol.dispose]();
  expect(workers.alive.size).toBe(0);
});

test("take() gives a worker that is still loading, and never the same one twice", async () => {
  const workers = createCellCounter();
  using pool = createWorkerPool({ spawn: workers.spawn, size: 1, idleMs: 0 });
  const taken = new Set<WorkerLike>();
  for (let round = 1; round <= 3; round++) {
    await pool.filled();
    const next = workers.next();
    taken.add(pool.take());
    await next;
    taken.add(pool.take());
    expect(taken.size).toBe(2 * round);
    expect(workers.spawned).toBe(2 * round);
  }
  for (const worker of taken) worker.terminate();
  pool[Symbol.dispose]();
  expect(workers.alive.size).toBe(0);
});

test("a cell that gets its worker from a pool is like any other, and so is the next", async () => {
  const workers = createCellCounter();
  using pool = createWorkerPool({ spawn: workers.spawn, size: 1, idleMs: 0 });
  const artefact = await bench.make(await command(exits("exit-with-code", 7), EXIT_IMPORT));
  for (let i = 0; i < 2; i++) {
    await pool.filled();
    const [waiting] = workers.alive;
    await using cell = startCell(
      { name: "guest", artefact, args: [], env: [], tree: NO_FILES },
      { spawn: () => pool.take(), monotonicMs: () => performance.now() },
    );
    expect(await cell.exited).toEqual({ type: "exited", code: 7 });
    expect(decodeText(await readAll(cell.stdout, 1))).toBe("");
    if (waiting !== undefined) expect(workers.alive).not.toContain(waiting);
  }
  pool[Symbol.dispose]();
  expect(workers.alive.size).toBe(0);
});

test("take() gives nobody a worker whose script could not be loaded", async () => {
  const broken = createCounter(() => new Worker("/no-such-script.js", { type: "module" }));
  const whole = createCellCounter();
  let current = broken;
  using pool = createWorkerPool({ spawn: () => current.spawn(), size: 1, idleMs: 0 });
  await pool.filled();
  // Nobody tries for ever.
  expect(broken.spawned).toBe(1);
  expect(broken.alive.size).toBe(0);
  current = whole;
  const taken = pool.take();
  expect(whole.alive).toContain(taken);
  await pool.filled();
  expect(whole.spawned).toBe(2);
  expect(broken.spawned).toBe(1);
  taken.terminate();
});

test("createWorkerPool() ends what loads and what waits when it is disposed, and is no longer filled", async () => {
  const workers = createCellCounter();
  const pool = createWorkerPool({ spawn: workers.spawn, size: 2, idleMs: 0 });
  const taken = pool.take();
  const filling = pool.filled();
  pool[Symbol.dispose]();
  pool[Symbol.dispose]();
  await filling;
  expect([...workers.alive]).toEqual([taken]);
  const late = pool.take();
  expect(workers.alive.size).toBe(2);
  taken.terminate();
  late.terminate();
});

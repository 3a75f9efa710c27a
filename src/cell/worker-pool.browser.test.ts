/** Real workers, counted: which of them wait, whose they are, and that nothing is left. */
import { createNotice, decodeText, readAll } from "#base";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Artefact } from "./artefact.ts";
import { NO_FILES, startBench } from "./bench.testing.ts";
import { command, exits, EXIT_IMPORT } from "./guests.testing.ts";
import { startCell } from "./start-cell.ts";
import type { WorkerLike } from "./worker-like.ts";
import { createWorkerPool } from "./worker-pool.ts";

const bench = startBench();
afterAll(() => bench[Symbol.dispose]());

let first: Artefact;
let other: Artefact;
beforeAll(async () => {
  first = await bench.make(await command(exits("exit-with-code", 7), EXIT_IMPORT));
  other = await bench.make(await command(exits("exit-with-code", 8), EXIT_IMPORT));
});

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
  const taken = new Set([pool.take(first), pool.take(first), pool.take(first)]);
  // The third had to be a new one.
  expect(taken.size).toBe(3);
  expect(workers.spawned).toBe(3);
  await pool.filled();
  // One more has loaded what was started last.
  expect(workers.spawned).toBe(6);
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
    taken.add(pool.take(first));
    await next;
    taken.add(pool.take(first));
    expect(taken.size).toBe(2 * round);
  }
  for (const worker of taken) worker.terminate();
  pool[Symbol.dispose]();
  expect(workers.alive.size).toBe(0);
});

test("a cell that gets its worker from a pool is like any other, whatever was started before it", async () => {
  const workers = createCellCounter();
  using pool = createWorkerPool({ spawn: workers.spawn, size: 1, idleMs: 0 });
  const seen = new Set<WorkerLike>();
  const expectCode = async (artefact: Artefact, code: number): Promise<void> => {
    await pool.filled();
    const taken: WorkerLike[] = [];
    const spawn = (): WorkerLike => {
      const worker = pool.take(artefact);
      taken.push(worker);
      return worker;
    };
    await using cell = startCell(
      { name: "guest", artefact, args: [], env: [], tree: NO_FILES },
      { spawn, monotonicMs: () => performance.now() },
    );
    expect(await cell.exited).toEqual({ type: "exited", code });
    expect(decodeText(await readAll(cell.stdout, 1))).toBe("");
    for (const worker of taken) {
      expect(workers.alive).not.toContain(worker);
      expect(seen).not.toContain(worker);
      seen.add(worker);
    }
  };
  for (const [wanted, code] of [
    [first, 7],
    [first, 7],
    [other, 8],
    [first, 7],
    [other, 8],
  ] as const) {
    await expectCode(wanted, code);
  }
  expect(seen.size).toBe(5);
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
  const taken = pool.take(first);
  expect(whole.alive).toContain(taken);
  await pool.filled();
  expect(whole.spawned).toBe(3);
  expect(broken.spawned).toBe(1);
  taken.terminate();
});

test("createWorkerPool() ends what loads and what waits when it is disposed, and is no longer filled", async () => {
  const workers = createCellCounter();
  const pool = createWorkerPool({ spawn: workers.spawn, size: 2, idleMs: 0 });
  const taken = pool.take(first);
  const filling = pool.filled();
  pool[Symbol.dispose]();
  pool[Symbol.dispose]();
  await filling;
  expect([...workers.alive]).toEqual([taken]);
  const late = pool.take(first);
  expect(workers.alive.size).toBe(2);
  taken.terminate();
  late.terminate();
});

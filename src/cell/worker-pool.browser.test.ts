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
let third: Artefact;
beforeAll(async () => {
  first = await bench.make(await command(exits("exit-with-code", 7), EXIT_IMPORT));
  other = await bench.make(await command(exits("exit-with-code", 8), EXIT_IMPORT));
  third = await bench.make(await command(exits("exit-with-code", 9), EXIT_IMPORT));
});

interface Counter {
  readonly alive: ReadonlySet<WorkerLike>;
  readonly spawned: number;
  /** Resolves when another one is spawned. */
  next(): Promise<void>;
  readonly spawn: (artefact: Artefact) => WorkerLike;
}

function createCounter(start: (artefact: Artefact) => Worker): Counter {
  const alive = new Set<WorkerLike>();
  const changed = createNotice();
  let spawned = 0;
  return {
    alive,
    get spawned() {
      return spawned;
    },
    next: () => changed.wait(),
    spawn(artefact) {
      const worker = start(artefact);
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
  return createCounter(({ address }) => new Worker(address, { type: "module" }));
}

test("createWorkerPool() has one worker waiting for each of what was started last, and no more than it is told", async () => {
  const workers = createCellCounter();
  using pool = createWorkerPool({ spawn: workers.spawn, size: 2, idleMs: 0 });
  // Nothing was started yet.
  await pool.filled();
  expect(workers.spawned).toBe(0);
  const taken = [pool.take(first), pool.take(first), pool.take(other)];
  expect(new Set(taken).size).toBe(3);
  await pool.filled();
  expect(workers.spawned).toBe(5);
  taken.push(pool.take(other), pool.take(first));
  // Both were there.
  expect(workers.spawned).toBe(5);
  await pool.filled();
  expect(workers.spawned).toBe(7);
  taken.push(pool.take(third));
  expect(workers.spawned).toBe(8);
  await pool.filled();
  // That of the artefact that was started longest ago has made room.
  expect(workers.spawned).toBe(9);
  expect(workers.alive.size).toBe(taken.length + 2);
  taken.push(pool.take(first), pool.take(other));
  expect(workers.spawned).toBe(10);
  for (const worker of taken) worker.terminate();
  pool[Symbol.dispose]();
  expect(workers.alive.size).toBe(0);
});

test("take() gives a worker that is still loading, and never the same one twice", async () => {
  const workers = createCellCounter();
  using pool = createWorkerPool({ spawn: workers.spawn, size: 1, idleMs: 0 });
  const taken = new Set([pool.take(first)]);
  for (let round = 1; round <= 3; round++) {
    await pool.filled();
    const loading = workers.next();
    taken.add(pool.take(first));
    await loading;
    taken.add(pool.take(first));
    expect(workers.spawned).toBe(1 + 2 * round);
    expect(taken.size).toBe(1 + 2 * round);
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
    const spawn = (wanted: Artefact): WorkerLike => {
      const worker = pool.take(wanted);
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
  const spawn = (artefact: Artefact): WorkerLike => current.spawn(artefact);
  using pool = createWorkerPool({ spawn, size: 1, idleMs: 0 });
  pool.take(first).terminate();
  await pool.filled();
  // Nobody tries for ever.
  expect(broken.spawned).toBe(2);
  expect(broken.alive.size).toBe(0);
  current = whole;
  const taken = pool.take(first);
  expect(whole.alive).toContain(taken);
  await pool.filled();
  expect(whole.spawned).toBe(2);
  expect(broken.spawned).toBe(2);
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

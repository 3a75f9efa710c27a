/** Real workers, counted: which of them wait, who owns them, and that none is left. */
import { createNotice, decodeText, readAll } from "#base";
import { beforeAll, expect, test } from "vitest";
import { CELL_ADDRESS, CELL_SCRIPT, MODES, NO_FILES, startBench } from "./bench.testing.ts";
import { createRehearsal } from "./check-component.ts";
import type { CompiledComponent } from "./compile-component.ts";
import { command, exits, EXIT_IMPORT } from "./guests.testing.ts";
import { startCell } from "./start-cell.ts";
import type { WorkerLike } from "./worker-like.ts";
import { createWorkerPool } from "./worker-pool.ts";

const bench = startBench();
const pooled = {
  component: createRehearsal(),
  mode: "shared-memory",
  monotonicMs: () => performance.now(),
} as const;

let first: CompiledComponent;
let other: CompiledComponent;
beforeAll(async () => {
  first = await bench.compile(await command(exits("exit-with-code", 7), EXIT_IMPORT));
  other = await bench.compile(await command(exits("exit-with-code", 8), EXIT_IMPORT));
});

interface Counter {
  readonly alive: ReadonlySet<WorkerLike>;
  readonly spawned: number;
  /** Resolves when the first worker is terminated. */
  readonly ended: Promise<void>;
  /** Resolves at the next change of the counts. */
  next(): Promise<void>;
  readonly spawn: () => WorkerLike;
}

function createCounter(start: () => Worker): Counter {
  const alive = new Set<WorkerLike>();
  const changed = createNotice();
  let spawned = 0;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  return {
    alive,
    ended,
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
        resolve();
      };
      alive.add(worker);
      spawned++;
      changed.notify();
      return worker;
    },
  };
}

function createCellCounter(): Counter {
  return createCounter(() => new Worker(CELL_ADDRESS, { type: "module" }));
}

test.each(MODES)(
  "createWorkerPool() has as many workers waiting as it is told, by %s",
  async (mode) => {
    const workers = createCellCounter();
    const options = { ...pooled, mode, size: 2, idleMs: 0 };
    using pool = createWorkerPool({ spawn: workers.spawn, ...options });
    await pool.filled();
    expect(workers.spawned).toBe(2);
    const taken = [pool.take(), pool.take()];
    expect(workers.spawned).toBe(2);
    taken.push(pool.take());
    expect(workers.spawned).toBe(3);
    expect(new Set(taken).size).toBe(3);
    await pool.filled();
    expect(workers.spawned).toBe(5);
    expect(workers.alive.size).toBe(taken.length + 2);
    for (const worker of taken) worker.terminate();
    pool[Symbol.dispose]();
    expect(workers.alive.size).toBe(0);
  },
);

test("take() gives a worker that is still loading, and never the same one twice", async () => {
  const workers = createCellCounter();
  using pool = createWorkerPool({ spawn: workers.spawn, size: 1, idleMs: 0, ...pooled });
  const taken = new Set([pool.take()]);
  for (let round = 1; round <= 3; round++) {
    await pool.filled();
    const loading = workers.next();
    taken.add(pool.take());
    await loading;
    taken.add(pool.take());
    expect(workers.spawned).toBe(1 + 2 * round);
    expect(taken.size).toBe(1 + 2 * round);
  }
  for (const worker of taken) worker.terminate();
  pool[Symbol.dispose]();
  expect(workers.alive.size).toBe(0);
});

test("a cell that gets its worker from a pool is like any other, whatever was started before it", async () => {
  const workers = createCellCounter();
  using pool = createWorkerPool({ spawn: workers.spawn, size: 1, idleMs: 0, ...pooled });
  const seen = new Set<WorkerLike>();
  const expectCode = async (component: CompiledComponent, code: number): Promise<void> => {
    await pool.filled();
    const taken: WorkerLike[] = [];
    const spawn = (): WorkerLike => {
      const worker = pool.take();
      taken.push(worker);
      return worker;
    };
    await using cell = startCell(
      { name: "guest", component, args: [], env: [], tree: NO_FILES },
      { spawn, mode: "jspi", monotonicMs: () => performance.now() },
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
  const spawn = (): WorkerLike => current.spawn();
  using pool = createWorkerPool({ spawn, size: 1, idleMs: 0, ...pooled });
  pool.take().terminate();
  await pool.filled();
  // The pool does not retry forever.
  expect(broken.spawned).toBe(2);
  expect(broken.alive.size).toBe(0);
  current = whole;
  const taken = pool.take();
  expect(whole.alive).toContain(taken);
  await pool.filled();
  expect(whole.spawned).toBe(2);
  expect(broken.spawned).toBe(2);
  taken.terminate();
});

test("take() gives nobody a worker that failed while it waited, and its error ends nobody else", async () => {
  const script = `addEventListener("message", ({ data }) => {
    if (data === "fail") throw new Error("too late");
  });`;
  const failing = URL.createObjectURL(new Blob([CELL_SCRIPT, script], { type: "text/javascript" }));
  const broken = createCounter(() => new Worker(failing, { type: "module" }));
  using pool = createWorkerPool({ spawn: broken.spawn, size: 1, idleMs: 0, ...pooled });
  await pool.filled();
  const [waiting] = broken.alive;
  waiting?.postMessage("fail");
  await broken.ended;
  expect(broken.alive.size).toBe(0);
  pool.take().terminate();
  expect(broken.spawned).toBe(2);
});

test("createWorkerPool() ends what loads and what waits when it is disposed, and is no longer filled", async () => {
  const workers = createCellCounter();
  const pool = createWorkerPool({ spawn: workers.spawn, size: 2, idleMs: 0, ...pooled });
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

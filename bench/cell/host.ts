/** The side that starts cells: what it sees of them, and of bare workers. */
import { Exception } from "#base";
import type { FileTree } from "#base";
import { serve } from "#capnp";
import { Executor } from "#schema";
import { createCompiler, createRehearsal, createWorkerPool, startCell } from "#cell";
import type { CellMode } from "#base";
import type { Cell, CompiledComponent, WorkerLike, WorkerPool } from "#cell";
import { connect, createStreamTransport } from "#rpc";
import { noteInComponent } from "../component/grow-component.ts";
import type { Trial } from "../measure.ts";
import type { PingPong } from "./atomics.worker.ts";

type Guest = "first-byte" | "streams" | "echoes";

export interface Host {
  /** Until every guest is compiled. */
  prepare(): Promise<void>;
  /** From the order to start to the first byte, in ms. */
  timeCell(mode: CellMode): Promise<number>;
  /** The same, with a worker from a pool. */
  timePooledCell(mode: CellMode): Promise<number>;
  /** From bytes that were never compiled before to the first byte, with a worker from a pool. */
  timeUnseenCell(mode: CellMode): Promise<number>;
  timeBareWorker(): Promise<number>;
  /** Round trips of 64 bytes in a second. */
  ping(mode: CellMode, forMs: number): Promise<number>;
  pingBareWorker(forMs: number): Promise<number>;
  /** The same of two workers that sleep in shared memory. */
  pingAtomics(forMs: number): Promise<number>;
  /** MB in a second that a guest writes. */
  write(mode: CellMode, forMs: number): Promise<number>;
  writeBareWorker(forMs: number): Promise<number>;
  /** Calls in a second that a guest makes. */
  echo(mode: CellMode, forMs: number): Promise<number>;
  /** Starts that many and leaves them running; resolves when each has written its first byte. */
  startMany(mode: CellMode, count: number): Promise<void>;
  endMany(): Promise<void>;
}

const PING_BYTES = 64;
const PIECE_BYTES = 64 * 1024;
/** Pieces that a bare worker has sent and that nobody has read yet. */
const PIECES_AHEAD = 8;
const NO_FILES: FileTree = {
  entries: new Map(),
  read: () => Promise.reject(new Error("There are no files")),
};

/** @param spawnCell starts a worker as the kernel does */
export function createHost(spawnCell: () => WorkerLike): Host {
  const bytes = new Map<Guest, Uint8Array>();
  const compiler = createCompiler();
  let unseen = 0;
  const prepared = new Map<Guest, CompiledComponent>();
  const pools = new Map<CellMode, WorkerPool>();
  /** Made when its mode is first asked for. */
  const poolOf = (mode: CellMode): WorkerPool => {
    const made =
      pools.get(mode) ??
      createWorkerPool({
        spawn: spawnCell,
        size: 1,
        component: createRehearsal(),
        mode,
        monotonicMs: () => performance.now(),
      });
    pools.set(mode, made);
    return made;
  };
  const start = (
    guest: Guest,
    args: readonly string[],
    mode: CellMode,
    spawn: () => WorkerLike = spawnCell,
  ): Cell => {
    const component = prepared.get(guest);
    if (component === undefined) throw new Error(`Guest "${guest}" is not prepared`);
    const spec = { name: guest, component, args, env: [], tree: NO_FILES };
    return startCell(spec, { spawn, mode, monotonicMs: () => performance.now() });
  };
  const trials = new Map<string, Trial>();
  /** The contestant of that name, made when it is first asked for. */
  const tried = (name: string, make: () => Trial, forMs: number): PromiseLike<number> => {
    const trial = trials.get(name) ?? make();
    trials.set(name, trial);
    return trial(forMs);
  };
  let many: readonly Cell[] = [];

  return {
    async prepare() {
      for (const guest of ["first-byte", "streams", "echoes"] as const) {
        const response = await fetch(new URL(`/guests/${guest}.wasm`, location.href));
        const component = new Uint8Array(await response.arrayBuffer());
        bytes.set(guest, component);
        prepared.set(guest, await compiler.compile(component));
      }
    },
    timeCell: (mode) => timeStart(() => start("first-byte", [], mode)),
    async timePooledCell(mode) {
      const pool = poolOf(mode);
      await pool.filled();
      const passed = await timeStart(() => start("first-byte", [], mode, pool.take));
      // So that nobody else is measured while it fills.
      await pool.filled();
      return passed;
    },
    async timeUnseenCell(mode) {
      const pool = poolOf(mode);
      const component = noteInComponent(
        bytes.get("first-byte") ?? new Uint8Array(0),
        `${unseen++}`,
      );
      await pool.filled();
      const passed = await timeStart(async () => {
        const compiled = await createCompiler().compile(component);
        const spec = { name: "unseen", component: compiled, args: [], env: [], tree: NO_FILES };
        return startCell(spec, {
          spawn: pool.take,
          mode,
          monotonicMs: () => performance.now(),
        });
      });
      await pool.filled();
      return passed;
    },
    async timeBareWorker() {
      const before = performance.now();
      const worker = spawnBare();
      await nextMessage(worker);
      const passed = performance.now() - before;
      worker.terminate();
      return passed;
    },
    ping: async (mode, forMs) =>
      tried(`ping ${mode}`, () => createPings(start("streams", ["ping"], mode)), forMs),
    pingAtomics,
    pingBareWorker: async (forMs) => tried("ping", () => createBarePings(spawnBare()), forMs),
    write: async (mode, forMs) =>
      tried(`write ${mode}`, () => createReader(start("streams", ["write"], mode)), forMs),
    writeBareWorker: async (forMs) => tried("write", () => createBareReader(spawnBare()), forMs),
    echo: async (mode, forMs) =>
      tried(`echo ${mode}`, () => createEchoes(start("echoes", [], mode)), forMs),
    async startMany(mode, count) {
      many = Array.from({ length: count }, () => start("first-byte", ["stay"], mode));
      await Promise.all(many.map(expectByte));
    },
    async endMany() {
      await Promise.all(many.map((cell) => cell[Symbol.asyncDispose]()));
      many = [];
    },
  };
}

function spawnBare(): Worker {
  return new Worker(new URL("bare.worker.ts", import.meta.url), { type: "module" });
}

async function timeStart(startOne: () => Cell | Promise<Cell>): Promise<number> {
  const before = performance.now();
  await using cell = await startOne();
  await expectByte(cell);
  return performance.now() - before;
}

async function expectByte(cell: Cell): Promise<void> {
  const byte = await cell.stdout.read(1);
  if (byte === undefined) throw new Error(`Cell ended: ${JSON.stringify(await cell.exited)}`);
}

async function pingAtomics(forMs: number): Promise<number> {
  const words = new Int32Array(new SharedArrayBuffer(12));
  const bytes = new Uint8Array(new SharedArrayBuffer(PING_BYTES));
  const workers = ([0, 1] as const).map((side) => {
    const worker = new Worker(new URL("atomics.worker.ts", import.meta.url), { type: "module" });
    worker.postMessage({ words, bytes, side } satisfies PingPong);
    return worker;
  });
  while (Atomics.load(words, 2) === 0) await new Promise((resolve) => setTimeout(resolve));
  const [start, before] = [performance.now(), Atomics.load(words, 2)];
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const done = Atomics.load(words, 2) - before;
  const rate = (done * 1000) / (performance.now() - start);
  Atomics.store(words, 1, 1);
  for (const worker of workers) worker.terminate();
  return rate;
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
}

/** The guest's next message waits in the pipe between two turns. */
function createPings({ rpc }: Cell): Trial {
  return async (forMs) => {
    const start = performance.now();
    let done = 0;
    for (; performance.now() - start < forMs; done++) {
      for (let missing = PING_BYTES; missing > 0;) {
        const bytes = await rpc.source.read(missing);
        if (bytes === undefined) throw new Error("Guest has ended");
        missing -= bytes.length;
      }
      if (rpc.sink.offer(new Uint8Array(PING_BYTES)) < PING_BYTES) throw new Error("No room");
    }
    return (done * 1000) / (performance.now() - start);
  };
}

function createBarePings(worker: Worker): Trial {
  return async (forMs) => {
    const start = performance.now();
    let done = 0;
    for (; performance.now() - start < forMs; done++) {
      const answer = nextMessage(worker);
      worker.postMessage(new Uint8Array(PING_BYTES));
      await answer;
    }
    return (done * 1000) / (performance.now() - start);
  };
}

function createReader({ rpc }: Cell): Trial {
  return async (forMs) => {
    const start = performance.now();
    let total = 0;
    while (performance.now() - start < forMs) {
      const bytes = await rpc.source.read(PIECE_BYTES);
      if (bytes === undefined) throw new Error("Guest has ended");
      total += bytes.length;
    }
    return total / 1000 / (performance.now() - start);
  };
}

function createBareReader(worker: Worker): Trial {
  return (forMs) =>
    new Promise((resolve) => {
      const start = performance.now();
      let total = 0;
      let ahead = PIECES_AHEAD;
      worker.onmessage = ({ data }) => {
        if (!(data instanceof Uint8Array)) return;
        total += data.length;
        const passed = performance.now() - start;
        if (passed < forMs) return worker.postMessage(1);
        if (--ahead === 0) resolve(total / 1000 / passed);
      };
      worker.postMessage(PIECES_AHEAD);
    });
}

/** Between two turns, the guest waits for its answers. */
function createEchoes({ rpc }: Cell): Trial {
  let done = 0;
  let opening: PromiseWithResolvers<void> | undefined = Promise.withResolvers();
  connect(createStreamTransport(rpc), {
    bootstrap: serve(Executor, {
      runBytes: () => Promise.reject(new Exception("unimplemented", "Nothing is run here")),
      echo(message) {
        done++;
        const answer = { response: message };
        return opening === undefined ? answer : opening.promise.then(() => answer);
      },
    }),
  });
  return async (forMs) => {
    const start = performance.now();
    opening?.resolve();
    opening = undefined;
    done = 0;
    await new Promise((resolve) => setTimeout(resolve, forMs));
    opening = Promise.withResolvers();
    return (done * 1000) / (performance.now() - start);
  };
}

/** Entry of the kernel's worker: gathers what cells are made of. */
import { createLineLogger } from "#base";
import {
  chooseMode,
  createCompiler,
  createMemoryRoom,
  createRehearsal,
  createWorkerPool,
  openOpfsSpills,
  openRemoteWorkers,
  openRunCaches,
  startCell,
} from "#cell";
import { createKernel, serveKernel } from "#kernel";
import type { CellMode } from "#base";
import type { OpfsSpills, WorkerLike } from "#cell";
import type { Cells, PostedWorkers } from "#kernel";

/** Each costs the memory of a worker without a cell: one for pid0, and one for what it starts. */
const WAITING_WORKERS = 2;

async function openCells(wanted: CellMode | undefined, workers: PostedWorkers): Promise<Cells> {
  const mode = chooseMode(globalThis, wanted);
  const compiler = createCompiler();
  const room = createMemoryRoom();
  const spills = await openSpills();
  // Ends with this worker, as its cells do.
  const pool = createWorkerPool({
    spawn: openWorkers(workers),
    equip: spills && ((worker) => spills.lend(worker)),
    size: WAITING_WORKERS,
    component: createRehearsal(),
    mode,
    monotonicMs: () => performance.now(),
  });
  return {
    mode,
    openCache: openRunCaches(spills && (() => spills.openFile())),
    async start({ component: bytes, keepFiles, ...spec }, { signal } = {}) {
      const component = await compiler.compile(bytes, spec.limits, { signal });
      const powers = {
        spawn: pool.take,
        mode,
        createSpill: spills && (() => spills.create()),
        keepFiles,
        monotonicMs: () => performance.now(),
        signal,
      };
      return room.start(component.memories, () => startCell({ ...spec, component }, powers));
    },
  };
}

function openWorkers(workers: PostedWorkers): () => WorkerLike {
  return typeof workers === "string"
    ? () => new Worker(workers, { type: "module" })
    : openRemoteWorkers(workers);
}

/** Without it, what cells write must find room in memory. */
async function openSpills(): Promise<OpfsSpills | undefined> {
  try {
    return await openOpfsSpills(await navigator.storage.getDirectory());
  } catch {
    return undefined;
  }
}

serveKernel(globalThis, {
  create: async ({ node, images, mode, logLevel, workers }) =>
    createKernel({
      cells: await openCells(mode, workers),
      images,
      node,
      monotonicMs: () => performance.now(),
      logger: logLevel && createLineLogger(logLevel, (line) => console.info(line)),
    }),
  estimateStorage: () => navigator.storage.estimate(),
});

/** Entry of the kernel's worker: passes the devices to the kernel. */
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
  openSharedTree,
  startCell,
} from "#cell";
import { toRawCid } from "#image";
import { createKernel, serveKernel } from "#kernel";
import type { CellMode } from "#base";
import type { OpfsSpills, WorkerLike } from "#cell";
import type { Cells, PostedWorkers } from "#kernel";

/** One waiting worker for pid0, and one for its first child; each takes the memory of a worker without a cell. */
const WAITING_WORKERS = 2;

async function openCells(wanted: CellMode | undefined, workers: PostedWorkers): Promise<Cells> {
  const mode = chooseMode(globalThis, wanted);
  const compiler = createCompiler();
  const room = createMemoryRoom();
  const spills = await openSpills();
  // Never disposed: it ends with this worker.
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
    openTree: (tree, memoryBytes) =>
      openSharedTree({
        tree,
        memoryBytes,
        createSpill: spills && (() => spills.create()),
        nowNs: readWallNs,
      }),
    openCache: openRunCaches(spills && (() => spills.openFile())),
    async prepare(bytes, limits, options) {
      const component = await compiler.compile(bytes, limits, options);
      return {
        imports: component.imports,
        isHandler: component.run === undefined,
        start: ({ keepFiles, ...spec }, { signal: killing } = {}) =>
          room.start(component.memories, () =>
            startCell(
              { ...spec, component },
              {
                spawn: pool.take,
                mode,
                createSpill: spills && (() => spills.create()),
                keepFiles,
                monotonicMs: () => performance.now(),
                signal: killing,
              },
            ),
          ),
      };
    },
  };
}

function readWallNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

function openWorkers(workers: PostedWorkers): () => WorkerLike {
  return typeof workers === "string"
    ? () => new Worker(workers, { type: "module" })
    : openRemoteWorkers(workers);
}

/** `undefined` if the browser refuses storage; files of cells must then fit into memory. */
async function openSpills(): Promise<OpfsSpills | undefined> {
  try {
    return await openOpfsSpills(await navigator.storage.getDirectory());
  } catch {
    return undefined;
  }
}

serveKernel(globalThis, {
  create: async ({ mode, logLevel, workers, ...device }) =>
    createKernel({
      ...device,
      cells: await openCells(mode, workers),
      toCid: (hash) => toRawCid(hash).toString(),
      monotonicMs: () => performance.now(),
      wallMs: () => Date.now(),
      logger: logLevel && createLineLogger(logLevel, (line) => console.info(line)),
    }),
  estimateStorage: () => navigator.storage.estimate(),
});

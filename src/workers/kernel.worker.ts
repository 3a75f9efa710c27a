/** Entry of the kernel's worker: gathers what cells are made of. */
import {
  chooseMode,
  createArtefacts,
  createCacheStore,
  createWorkerPool,
  openOpfsSpills,
  startCell,
  startTranspiler,
} from "#cell";
import { createKernel, serveKernel } from "#kernel";
import type { Artefact, ArtefactStore, OpfsSpills } from "#cell";
import type { CellMode, Cells } from "#kernel";
import script from "./cell.worker.ts?script";

/** Each costs the memory of a worker without a cell: one for pid0, and one for what it starts again and again. */
const WAITING_WORKERS = 2;

/** Some hundred programs; a tab must not fill the disk. */
const STORED_BYTES = 256 * 1024 * 1024;

async function openCells(wanted: CellMode | undefined): Promise<Cells> {
  const mode = chooseMode(globalThis, wanted);
  const transpiler = startTranspiler({
    spawn: () => new Worker(new URL("transpile.worker.ts", import.meta.url), { type: "module" }),
  });
  const artefacts = createArtefacts({ transpiler, store: await openStore(), script, mode });
  const spills = await openSpills();
  // Ends with this worker, as its cells do.
  const pool = createWorkerPool({ spawn: spawnCell, size: WAITING_WORKERS });
  return {
    mode,
    async start({ component, keepFiles, ...spec }, { signal } = {}) {
      const artefact = await artefacts.get(component, {
        signal,
        memoryBytes: spec.limits?.memoryBytes,
      });
      return startCell(
        { ...spec, artefact },
        {
          spawn: pool.take,
          createSpill: spills && (() => spills.create()),
          keepFiles,
          monotonicMs: () => performance.now(),
          signal,
        },
      );
    },
  };
}

/** Where the browser refuses storage, as some do in private windows, every session transpiles anew. */
async function openStore(): Promise<ArtefactStore> {
  try {
    return createCacheStore(await caches.open("artefacts"), {
      limitBytes: STORED_BYTES,
      nowMs: () => Date.now(),
    });
  } catch {
    return { get: async () => undefined, put: async () => undefined };
  }
}

/** Without it, what cells write must find room in memory. */
async function openSpills(): Promise<OpfsSpills | undefined> {
  try {
    return await openOpfsSpills(await navigator.storage.getDirectory());
  } catch {
    return undefined;
  }
}

function spawnCell({ address }: Artefact): Worker {
  return new Worker(address, { type: "module" });
}

serveKernel(globalThis, async (node, wanted) =>
  createKernel({ cells: await openCells(wanted), node }),
);

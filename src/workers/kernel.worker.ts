/** Entry of the kernel's worker: gathers what cells are made of. */
import { chooseMode, createArtefacts, createCacheStore, startCell, startTranspiler } from "#cell";
import { createKernel, serveKernel } from "#kernel";
import type { ArtefactStore } from "#cell";
import type { CellMode, Cells } from "#kernel";

async function openCells(wanted: CellMode | undefined): Promise<Cells> {
  const mode = chooseMode(globalThis, wanted);
  const transpiler = startTranspiler({
    spawn: () => new Worker(new URL("transpile.worker.ts", import.meta.url), { type: "module" }),
  });
  const artefacts = createArtefacts({ transpiler, store: await openStore(), mode });
  return {
    mode,
    async start({ component, ...spec }, { signal } = {}) {
      const artefact = await artefacts.get(component, {
        signal,
        memoryBytes: spec.limits?.memoryBytes,
      });
      return startCell(
        { ...spec, artefact },
        {
          spawn: spawnCell,
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
    return createCacheStore(await caches.open("artefacts"));
  } catch {
    return { get: async () => undefined, put: async () => undefined };
  }
}

function spawnCell(): Worker {
  return new Worker(new URL("cell.worker.ts", import.meta.url), { type: "module" });
}

serveKernel(globalThis, async (node, wanted) =>
  createKernel({ cells: await openCells(wanted), node }),
);

/**
 * Cell: turns a WebAssembly component into a running worker.
 *
 * Knows jco, workers and WASI. Does not know what a cell is allowed to do; that is `caps`.
 *
 *     const artefacts = createArtefacts({ transpiler: startTranspiler({ spawn }), store, script, mode });
 *     const artefact = await artefacts.get(component, { signal });
 *     await using cell = startCell({ name: "hello", artefact, args: [], env: [], tree }, { spawn, signal });
 *     await copyBytes(cell.stdout, terminal);
 *     const status = await cell.exited;
 *
 * @module
 */
export type { Artefact } from "./artefact.ts";
export { createArtefacts } from "./artefacts.ts";
export type { Artefacts, ArtefactStore } from "./artefacts.ts";
export { createCacheStore } from "./cache-store.ts";
export type { Cell, CellSpec, ExitStatus } from "./cell.ts";
export { chooseMode } from "./mode.ts";
export type { CellMode } from "./mode.ts";
export { openOpfsSpills } from "./opfs-spill.ts";
export type { OpfsSpills } from "./opfs-spill.ts";
export { holdScope } from "./seal-scope.ts";
export { serveCell } from "./serve-cell.ts";
export type { Instantiate } from "./serve-cell.ts";
export { startCell } from "./start-cell.ts";
export { serveTranspiler, startTranspiler } from "./transpiler.ts";
export type { Transpiler } from "./transpiler.ts";
export type { WorkerLike } from "./worker-like.ts";
export { createWorkerPool } from "./worker-pool.ts";
export type { WorkerPool } from "./worker-pool.ts";

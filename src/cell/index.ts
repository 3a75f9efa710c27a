/**
 * Cell: turns a WebAssembly component into a running worker.
 *
 * Knows workers and WASI. Does not know what a cell is allowed to do; that is `caps`.
 *
 *     const component = await createCompiler().compile(bytes, limits, { signal });
 *     const spec = { name: "hello", component, args: [], env: [], tree };
 *     await using cell = startCell(spec, { spawn, mode, monotonicMs, signal });
 *     await copyBytes(cell.stdout, terminal);
 *     const status = await cell.exited;
 *
 * @module
 */
export type { Cell, CellSpec } from "./cell.ts";
export { createRehearsal } from "./check-component.ts";
export { createCompiler } from "./compile-component.ts";
export type { CompiledComponent, Compiler, CompileLimits } from "./compile-component.ts";
export { createMemoryRoom } from "./memory-room.ts";
export { chooseMode } from "./mode.ts";
export { openOpfsSpills } from "./opfs-spill.ts";
export type { OpfsSpills } from "./opfs-spill.ts";
export { openRemoteWorkers, serveWorkers } from "./remote-workers.ts";
export { openRunCaches } from "./run-caches.ts";
export { holdScope } from "./seal-scope.ts";
export { serveCell } from "./serve-cell.ts";
export { openSharedTree } from "./shared-tree.ts";
export type { SharedTree, SharedTreeOptions } from "./shared-tree.ts";
export { startCell } from "./start-cell.ts";
export type { WorkerLike } from "./worker-like.ts";
export { createWorkerPool } from "./worker-pool.ts";
export type { WorkerPool } from "./worker-pool.ts";

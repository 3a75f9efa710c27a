/**
 * Kernel: who lives.
 *
 * Boots an image, serves each of its processes its first capability, and sees to it that nothing outlives the run. Does
 * not know what those capabilities can do (`caps`), nor what a cell is made of (`cell`).
 *
 *     const kernel = startKernel(() => new Worker(url, { type: "module" }), { node, serveWorkers }); // on the page
 *     const outcome = await kernel.run({ name, args, env, tree, stdin, stdout, stderr }, { signal });
 *
 * @module
 */
export { createKernel } from "./create-kernel.ts";
export type { RunLimits, RunOutcome } from "./kernel.ts";
export { toMemoryLimits } from "./limits.ts";
export type { CellMode, Cells } from "./powers.ts";
export { serveKernel, startKernel } from "./remote-kernel.ts";

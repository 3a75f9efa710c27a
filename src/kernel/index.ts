/**
 * Kernel: runs and processes.
 *
 * Boots images, serves each process its first capability, and ends every process with its run. All of this power is
 * one capability, `Owner`. The room does not know what the processes' capabilities do (`caps`), nor what a cell is made
 * of (`cell`).
 *
 *     using kernel = startKernel(() => new Worker(url, { type: "module" }), devices); // on the page
 *     using booted = await kernel.owner.boot({ layers: ["/ipfs/bafy…"], args: ["-v"] });
 *     const outcome = readOutcome((await booted.run.wait()).outcome);
 *
 * @module
 */
export { LIMIT_RANGES } from "./check-order.ts";
export { createKernel } from "./create-kernel.ts";
export type { ContentServers, DevicePowers } from "./device.ts";
export { readOutcome } from "./owner-values.ts";
export type { Cells, ImageOptions, Images, OpenedImage, SavedImage } from "./powers.ts";
export { serveKernel } from "./serve-kernel.ts";
export type { LentPowers, PostedWorkers } from "./serve-kernel.ts";
export { startKernel } from "./start-kernel.ts";
export type { CellWorkers, StartedKernel } from "./start-kernel.ts";

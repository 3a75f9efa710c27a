/**
 * Wasi: WASI 0.2 for one cell, over pipes and a file tree.
 *
 * Owns streams, polls, files and `wetware:streams`; clocks and randomness are passed in. Knows the linker's calling
 * conventions; does not know workers, ports or what a cell is allowed to do.
 *
 *     const pipes = { stdin, stdout, stderr, rpc };
 *     const limits = { memoryBytes: 64 * 1024 * 1024, openFiles: 1024 };
 *     const { imports } = createWasi({ args: ["hello"], env: [], ...pipes, ...limits, tree, powers, waits, onExit });
 *     const instance = instantiateComponent(component, { imports, instantiateCore });
 *     await instance.func("wasi:cli/run@0.2.0", "run")?.();
 *
 * @module
 */
export { OFFER } from "./generated/offer.ts";
export type { AskFiles, FileCall } from "./file-calls.ts";
export { createIdleWasi } from "./idle-wasi.ts";
export type { WasiPowers } from "./powers.ts";
export { openFileSession } from "./serve-files.ts";
export type { ChangeFiles } from "./serve-files.ts";
export { SUSPENDING_FILES, SUSPENDING_IMPORTS } from "./suspending.ts";
export type { TtyEvent, TtyMode, TtyPower, TtySize } from "./tty.ts";
export { createWasi } from "./wasi.ts";
export type { Wasi, WasiImports } from "./wasi.ts";
export { createBlockingWaits, createSuspendingWaits } from "./waits.ts";
export type { BlockingThread, Meter, Waits } from "./waits.ts";

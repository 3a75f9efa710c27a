/** Defaults for the memory and the children of a run. */
import type { RunLimits } from "#base";

/** Memory of one process, and of all processes of a run together. */
const MEMORY_BYTES = 256 * 1024 * 1024;
const RUN_MEMORY_BYTES = 2 * 1024 * 1024 * 1024;
/** Maximum and minimum size of a run's read cache; pieces in flight from the page alone take up to the minimum. */
const CACHE_BYTES = 64 * 1024 * 1024;
const LEAST_CACHE_BYTES = 4 * 1024 * 1024;
/** How many children one process may have at a time. */
const CHILD_LIMIT = 64;

/** A run's limits, with the defaults that the kernel chooses; the devices choose the other defaults. */
export type ChosenLimits = RunLimits &
  Required<Pick<RunLimits, "memoryBytes" | "runMemoryBytes" | "children">>;

/** Fills in the kernel's defaults. `memoryBytes` never exceeds `runMemoryBytes`. */
export function chooseLimits(limits: RunLimits = {}): ChosenLimits {
  const { memoryBytes = MEMORY_BYTES, children = CHILD_LIMIT } = limits;
  const runMemoryBytes = limits.runMemoryBytes ?? Math.max(RUN_MEMORY_BYTES, memoryBytes);
  return {
    ...limits,
    children,
    memoryBytes: Math.min(memoryBytes, runMemoryBytes),
    runMemoryBytes,
  };
}

/** Size of a run's read cache: half of the memory that the first process leaves, within 4 and 64 MiB. */
export function chooseCacheBytes({ memoryBytes, runMemoryBytes }: ChosenLimits): number {
  return Math.max(LEAST_CACHE_BYTES, Math.min(CACHE_BYTES, (runMemoryBytes - memoryBytes) / 2));
}

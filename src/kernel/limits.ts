/** What a run may have of memory unless told. */
import type { RunLimits } from "#base";

/** Of one process, and of all of a run together. */
const MEMORY_BYTES = 256 * 1024 * 1024;
const RUN_MEMORY_BYTES = 2 * 1024 * 1024 * 1024;
/** Of what the kernel keeps of a run's files; the least of it is on its way from the page. */
const CACHE_BYTES = 64 * 1024 * 1024;
const LEAST_CACHE_BYTES = 4 * 1024 * 1024;
/** How many children one process may have at a time. */
const CHILD_LIMIT = 64;

/** A run's limits, of which the kernel has chosen those that it is not left to devices to choose. */
export type ChosenLimits = RunLimits &
  Required<Pick<RunLimits, "memoryBytes" | "runMemoryBytes" | "children">>;

/** What holds where limits leave something out. */
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

/** How much of a run's memory the kernel keeps its files in: half of what the first process leaves, at most. */
export function chooseCacheBytes({ memoryBytes, runMemoryBytes }: ChosenLimits): number {
  return Math.max(LEAST_CACHE_BYTES, Math.min(CACHE_BYTES, (runMemoryBytes - memoryBytes) / 2));
}

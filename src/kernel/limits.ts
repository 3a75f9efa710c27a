/** What a run may have of memory unless told. */
import type { RunLimits } from "#base";

/** Of one process, and of all of a run together. */
const MEMORY_BYTES = 256 * 1024 * 1024;
const RUN_MEMORY_BYTES = 2 * 1024 * 1024 * 1024;
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

/** What a run may have of memory unless told; a value, for whoever shows it. */
import type { RunLimits } from "./kernel.ts";

/** Of one process, and of all of a run together. */
const MEMORY_BYTES = 256 * 1024 * 1024;
const RUN_MEMORY_BYTES = 2 * 1024 * 1024 * 1024;

/** What holds where limits leave it out. */
export function toMemoryLimits({ memoryBytes = MEMORY_BYTES, runMemoryBytes }: RunLimits): {
  readonly memoryBytes: number;
  readonly runMemoryBytes: number;
} {
  const all = runMemoryBytes ?? Math.max(RUN_MEMORY_BYTES, memoryBytes);
  return { memoryBytes: Math.min(memoryBytes, all), runMemoryBytes: all };
}

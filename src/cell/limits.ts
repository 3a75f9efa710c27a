/** The default limits of a cell. */
import type { ProcessLimits } from "#base";

export const DEFAULT_LIMITS: ProcessLimits = {
  memoryBytes: 256 * 1024 * 1024,
  memories: 4,
  cpuSeconds: Infinity,
  openFiles: 4096,
  pipeBytes: 64 * 1024,
};

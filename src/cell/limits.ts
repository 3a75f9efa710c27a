/** The default limits of a cell. */
import type { ProcessLimits } from "#base";

export const DEFAULT_LIMITS: ProcessLimits = {
  memoryBytes: 256 * 1024 * 1024,
  memories: 4,
  cpuSeconds: Infinity,
  openFiles: 4096,
  pipeBytes: 64 * 1024,
};

/**
 * What input and output hold each unless `pipeBytes` is given: a writer that waits four times as rarely is twice as fast,
 * since each wait wakes two threads.
 */
export const STDIO_BYTES: number = 256 * 1024;

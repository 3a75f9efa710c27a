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
 * Size of standard input and standard output each, unless `pipeBytes` is given. A writer that waits a quarter as often is
 * twice as fast, since each wait wakes two threads.
 */
export const STDIO_BYTES: number = 256 * 1024;

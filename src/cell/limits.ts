/** What one cell may use. A limit that is reached is told in how the cell ended, or to the guest as an error. */
export interface CellLimits {
  /** Of all its memories together; `memory.grow` fails beyond it. */
  readonly memoryBytes: number;
  /** How many memories its instances may have; each is worth some of what the browser has room for. */
  readonly memories: number;
  /** How long its guest may run, without the time in which it waits; the cell is killed after that. */
  readonly cpuSeconds: number;
  /** Open descriptors of files and their streams; one more traps, since WASI has no error for it. */
  readonly openFiles: number;
  /** Unread bytes in each of its pipes, 4096 at least; a writer waits. */
  readonly pipeBytes: number;
}

export const DEFAULT_LIMITS: CellLimits = {
  memoryBytes: 256 * 1024 * 1024,
  memories: 4,
  cpuSeconds: Infinity,
  openFiles: 4096,
  pipeBytes: 64 * 1024,
};

/**
 * What a cell may keep by its calls: contents of files, and objects of the host's heap.
 *
 * A guest's memory has a limit of its own. What the host keeps for the guest would have none, and a loop of calls could
 * make gigabytes of it; so every object that outlives a call and is no handle is charged here.
 */
export interface Quota {
  /** Takes that much for contents of files, or gives it back when negative; false, and nothing taken, when it is not there. */
  takeBytes(bytes: number): boolean;
  /** The same for files, directories and links. */
  takeNodes(count: number): boolean;
  /** The same for what stands on the host's heap beside the contents of files: nodes, names, pages, headers. */
  takeMemory(bytes: number): boolean;
  /** For contents of files: what there is in all, and what is left of it. */
  readonly bytes: { readonly limit: number; readonly left: number };
}

export interface QuotaLimits {
  /** Of the contents of files, in memory and outside. */
  readonly bytes: number;
  /** How many of them stay in memory, when there is another place; at least 4 MiB. */
  readonly memoryBytes: number;
  /** Files, directories and links that the image did not have. */
  readonly nodes: number;
  /** Of the host's heap; without another place, contents of files count here too. */
  readonly objectBytes: number;
}

const MIB = 1024 * 1024;
/** The heap of a cell's worker comes from the tab, however large the cell's own memory may be. */
const HEAP_LIMIT_BYTES = 128 * MIB;
/** A small cell has files, too. */
const LEAST_HEAP_BYTES = 8 * MIB;
/** Room outside of memory is cheaper. */
const SPILLED_LIMIT_BYTES = 1024 * MIB;
const RESIDENT_LIMIT_BYTES = 64 * MIB;
const LEAST_RESIDENT_BYTES = 4 * MIB;
const NODES_LIMIT = 64 * 1024;

/**
 * What the host keeps for a cell whose own memory may be that large: no more of the heap than half of that, or than 8 MiB. An
 * engine lets garbage of as much again lie around.
 *
 * @param spills whether contents of files have another place than memory
 */
export function toQuotaLimits(cellMemoryBytes: number, spills: boolean): QuotaLimits {
  const heapBytes = Math.max(LEAST_HEAP_BYTES, Math.min(cellMemoryBytes / 2, HEAP_LIMIT_BYTES));
  const memoryBytes = Math.max(LEAST_RESIDENT_BYTES, Math.min(heapBytes / 2, RESIDENT_LIMIT_BYTES));
  return spills
    ? {
        bytes: SPILLED_LIMIT_BYTES,
        memoryBytes,
        nodes: NODES_LIMIT,
        objectBytes: heapBytes - memoryBytes,
      }
    : { bytes: heapBytes, memoryBytes, nodes: NODES_LIMIT, objectBytes: heapBytes };
}

/** @param spills whether contents of files have another place than memory */
export function createQuota(limits: Omit<QuotaLimits, "memoryBytes">, spills: boolean): Quota {
  let { bytes: restBytes, nodes: restNodes, objectBytes: restMemory } = limits;
  return {
    takeBytes(bytes) {
      const memory = spills ? 0 : bytes;
      if (bytes > restBytes || memory > restMemory) return false;
      restBytes -= bytes;
      restMemory -= memory;
      return true;
    },
    takeNodes(count) {
      if (count > restNodes) return false;
      restNodes -= count;
      return true;
    },
    takeMemory(bytes) {
      if (bytes > restMemory) return false;
      restMemory -= bytes;
      return true;
    },
    get bytes() {
      return { limit: limits.bytes, left: restBytes };
    },
  };
}

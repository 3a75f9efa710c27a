/**
 * Limits what the host keeps for a cell because of its calls: contents of files, and objects on the host's heap.
 *
 * A guest's own memory has a limit. What the host keeps for it would have none, and a loop of calls could fill
 * gigabytes; so every object that outlives a call and is not a handle is charged here.
 */
export interface Quota {
  /** Takes bytes for contents of files, or returns them when negative; false, with nothing taken, when too few are left. */
  takeBytes(bytes: number): boolean;
  /** The same for files, directories and links. */
  takeNodes(count: number): boolean;
  /** The same for the host's heap, except contents of files: nodes, names, pages, headers. */
  takeMemory(bytes: number): boolean;
  /** Bytes for contents of files: the limit, and how many are left. */
  readonly bytes: { readonly limit: number; readonly left: number };
}

export interface QuotaLimits {
  /** Contents of files, in memory and in the spill. */
  readonly bytes: number;
  /** How many of those bytes stay in memory if there is a spill; at least 4 MiB. */
  readonly memoryBytes: number;
  /** Files, directories and links that the image did not have. */
  readonly nodes: number;
  /** The host's heap; without a spill, contents of files count here, too. */
  readonly objectBytes: number;
}

const MIB = 1024 * 1024;
/** The heap of a cell's worker is part of the tab's, however large the cell's own memory may be. */
const HEAP_LIMIT_BYTES = 128 * MIB;
/** Small cells have files, too. */
const LEAST_HEAP_BYTES = 8 * MIB;
/** A spill is cheaper than memory. */
const SPILLED_LIMIT_BYTES = 1024 * MIB;
const RESIDENT_LIMIT_BYTES = 64 * MIB;
const LEAST_RESIDENT_BYTES = 4 * MIB;
const NODES_LIMIT = 64 * 1024;

/**
 * Limits for a cell, by the memory that the cell itself may have: half as much of the host's heap, but at least 8 MiB and at
 * most 128 MiB. An engine may keep as much again in garbage.
 *
 * @param spills whether there is a spill for contents of files
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

/** @param spills whether there is a spill for contents of files */
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

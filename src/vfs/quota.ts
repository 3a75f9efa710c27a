/** How much a cell may keep by writing files, in memory and outside. */
export interface Quota {
  /** Takes that much, or gives it back when negative; false, and nothing taken, when it is not there. */
  takeBytes(bytes: number): boolean;
  /** The same for files, directories and links. */
  takeNodes(count: number): boolean;
}

export interface QuotaLimits {
  /** In memory and outside. */
  readonly bytes: number;
  /** How many of them stay in memory, when there is another place; at least 4 MiB. */
  readonly memoryBytes: number;
  /** Files, directories and links that the image did not have. */
  readonly nodes: number;
}

export function createQuota(limits: Omit<QuotaLimits, "memoryBytes">): Quota {
  let { bytes: restBytes, nodes: restNodes } = limits;
  return {
    takeBytes(bytes) {
      if (bytes > restBytes) return false;
      restBytes -= bytes;
      return true;
    },
    takeNodes(count) {
      if (count > restNodes) return false;
      restNodes -= count;
      return true;
    },
  };
}

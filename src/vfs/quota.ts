/** How much a cell may keep in memory by writing files. */
export interface Quota {
  /** Takes that much, or gives it back when negative; false, and nothing taken, when it is not there. */
  takeBytes(bytes: number): boolean;
  /** The same for files, directories and links. */
  takeNodes(count: number): boolean;
}

export interface QuotaLimits {
  readonly bytes: number;
  /** Files, directories and links that the image did not have. */
  readonly nodes: number;
}

export function createQuota(limits: QuotaLimits): Quota {
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

/** Decides how long to spin before sleeping: only as long as spinning has succeeded recently. */
export interface AdaptiveSpin {
  /** Number of times to poll now, at most `limit`; 0 while spinning does not pay. */
  polls(limit: number): number;
  /** Records whether spinning succeeded. */
  record(hasSucceeded: boolean): void;
}

/** After failures, spinning is skipped at most this many times before it is tried again. */
const LONGEST_PAUSE = 63;

export function createAdaptiveSpin(): AdaptiveSpin {
  let pause = 0;
  let left = 0;
  return {
    polls(limit) {
      if (left === 0) return limit;
      left--;
      return 0;
    },
    record(hasSucceeded) {
      pause = hasSucceeded ? 0 : Math.min(2 * pause + 1, LONGEST_PAUSE);
      left = pause;
    },
  };
}

/** Decides how long to spin before sleeping: only as long as spinning has succeeded recently. */
export interface Patience {
  /** Number of times to poll now, at most `most`; 0 while spinning does not pay. */
  looks(most: number): number;
  /** Records whether spinning succeeded. */
  found(hasCome: boolean): void;
}

/** After failures, spinning is skipped at most this many times before it is tried again. */
const LONGEST_PAUSE = 63;

export function createPatience(): Patience {
  let pause = 0;
  let left = 0;
  return {
    looks(most) {
      if (left === 0) return most;
      left--;
      return 0;
    },
    found(hasCome) {
      pause = hasCome ? 0 : Math.min(2 * pause + 1, LONGEST_PAUSE);
      left = pause;
    },
  };
}

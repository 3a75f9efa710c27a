/** Whether to look for a while for what may come soon before falling asleep: only where that has helped of late. */
export interface Patience {
  /** How often to look now; 0 when it is not worth it. */
  looks(most: number): number;
  /** Told whether looking has helped. */
  found(hasCome: boolean): void;
}

/** How many occasions are let pass at most after one that was in vain. */
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

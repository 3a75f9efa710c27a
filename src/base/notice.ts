/** Waiting for "something changed" without losing the change and without a timer. */
import type { Waiting } from "./duplex.ts";
import { whenAborted } from "./when-aborted.ts";

export interface Notice {
  /** Resolves at the next `notify`; rejects with the signal's reason. */
  wait(options?: Waiting): Promise<void>;
  notify(): void;
}

/** A notice for any number of waiters; `notify` resolves and forgets all of them. */
export function createNotice(): Notice {
  let waiting: Set<() => void> | undefined;
  return {
    wait({ signal } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const told = (): void => {
          takeBack?.();
          resolve();
        };
        (waiting ??= new Set()).add(told);
        const takeBack =
          signal === undefined
            ? undefined
            : whenAborted(signal, () => {
                waiting?.delete(told);
                reject(signal.reason);
              });
      });
    },
    notify() {
      const told = waiting;
      if (told === undefined) return;
      waiting = undefined;
      for (const resolve of told) resolve();
    },
  };
}

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
        const wake = (): void => {
          unregister?.();
          resolve();
        };
        (waiting ??= new Set()).add(wake);
        const unregister =
          signal === undefined
            ? undefined
            : whenAborted(signal, () => {
                waiting?.delete(wake);
                reject(signal.reason);
              });
      });
    },
    notify() {
      const woken = waiting;
      if (woken === undefined) return;
      waiting = undefined;
      for (const wake of woken) wake();
    },
  };
}

/** Waiting for "something changed" without losing the change and without a timer. */
import type { Waiting } from "./duplex.ts";

export interface Notice {
  /** Resolves at the next `notify`; rejects with the signal's reason. */
  wait(options?: Waiting): Promise<void>;
  notify(): void;
}

/** A notice that any number may wait for; nobody is remembered once told. */
export function createNotice(): Notice {
  let waiting = new Set<() => void>();
  return {
    wait({ signal } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const told = (): void => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        };
        const aborted = (): void => {
          waiting.delete(told);
          reject(signal?.reason);
        };
        waiting.add(told);
        signal?.addEventListener("abort", aborted, { once: true });
      });
    },
    notify() {
      const told = waiting;
      waiting = new Set();
      for (const resolve of told) resolve();
    },
  };
}

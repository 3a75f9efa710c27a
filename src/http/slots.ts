/** A counting semaphore: further callers wait in order. */
import { whenAborted } from "#base";
import type { Waiting } from "#base";

export interface Slots {
  /** A slot, once one is free; disposing frees it. @throws {unknown} the reason of the signal */
  take(options?: Waiting): Promise<Disposable>;
}

export function createSlots(count: number): Slots {
  const waiting = new Set<() => void>();
  let free = count;
  const release = (): void => {
    const [next] = waiting;
    if (next === undefined) free++;
    else next();
  };
  const createSlot = (): Disposable => {
    let isHeld = true;
    return {
      [Symbol.dispose]() {
        if (isHeld) release();
        isHeld = false;
      },
    };
  };
  return {
    async take({ signal } = {}) {
      signal?.throwIfAborted();
      if (free > 0) {
        free--;
        return createSlot();
      }
      const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
      const start = (): void => {
        waiting.delete(start);
        forget?.();
        resolve(createSlot());
      };
      const forget =
        signal &&
        whenAborted(signal, () => {
          waiting.delete(start);
          reject(signal.reason);
        });
      waiting.add(start);
      return promise;
    },
  };
}

/**
 * The one place where a guest waits.
 *
 * The driver runs all pending promise jobs, then calls `turn`; `turn` blocks in wasi:io/poll over whatever is waited for and
 * settles those promises, which makes new jobs.
 */
import type { Waiting } from "#base";
import type { Host } from "./host.ts";

export interface PollLoop {
  /** Resolves when the pollable is ready; rejects with the signal's reason. Any number may wait for one pollable. */
  wait(pollable: number, options?: Waiting): Promise<void>;
  /** Nobody waits for the pollable any more; call before dropping it. Who still waits is told that it is ready. */
  forget(pollable: number): void;
  /** Blocks until something is ready; false when nothing is waited for. */
  turn(): boolean;
}

export function createPollLoop(host: Host): PollLoop {
  const waiting = new Map<number, Set<() => void>>();

  const wake = (pollable: number): void => {
    const waiters = waiting.get(pollable);
    waiting.delete(pollable);
    for (const resolve of waiters ?? []) resolve();
  };

  return {
    wait(pollable, { signal } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const waiters = waiting.get(pollable) ?? new Set();
        waiting.set(pollable, waiters);
        const ready = (): void => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        };
        const aborted = (): void => {
          waiters.delete(ready);
          if (waiters.size === 0 && waiting.get(pollable) === waiters) waiting.delete(pollable);
          reject(signal?.reason);
        };
        waiters.add(ready);
        signal?.addEventListener("abort", aborted, { once: true });
      });
    },
    forget: wake,
    turn() {
      const pollables = Uint32Array.from(waiting.keys());
      if (pollables.length === 0) return false;
      const list = host.lend(new Uint8Array(pollables.buffer));
      host.call.poll(list, pollables.length, host.resultAt);
      const ready = host.bytesAt(host.u32(0), host.u32(4) * 4);
      for (const index of new Uint32Array(ready.buffer)) wake(pollables[index] ?? 0);
      return true;
    },
  };
}

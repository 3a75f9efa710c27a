/** The powers that a cell's WASI host is built from, taken from the worker's scope. */
import { takeTurn } from "#base";
import type { PortEnd } from "#base";
import type { WasiPowers } from "#wasi";

/** The part of `DedicatedWorkerGlobalScope` that a cell uses. */
export interface CellScope extends PortEnd {
  readonly Date: { now(): number };
  readonly performance: { now(): number };
  readonly crypto: { getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown };
  setTimeout(callback: () => void, ms: number): number;
  clearTimeout(timer: number): void;
}

/** The powers of WASI, and turns of the event loop. */
export interface CellPowers extends WasiPowers {
  /** Resolves after tasks that were queued in the event loop have run. */
  nextTurn(): Promise<void>;
}

export function createPowers(scope: CellScope): CellPowers {
  return {
    wallClockMs: () => scope.Date.now(),
    monotonicMs: () => scope.performance.now(),
    sleep: (durationMs, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const aborted = (): void => {
          scope.clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = scope.setTimeout(() => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        }, durationMs);
        signal?.addEventListener("abort", aborted, { once: true });
      }),
    fillRandom(bytes) {
      scope.crypto.getRandomValues(bytes);
    },
    nextTurn: takeTurn,
  };
}

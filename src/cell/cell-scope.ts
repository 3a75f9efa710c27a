/** The powers of a worker that a cell's WASI is made of, taken from the scope that the door hands in. */
import { takeTurn } from "#base";
import type { PortEnd } from "#base";
import type { WasiPowers } from "#wasi";

/** The part of a `DedicatedWorkerGlobalScope` that is used. */
export interface CellScope extends PortEnd {
  readonly Date: { now(): number };
  readonly performance: { now(): number };
  readonly crypto: { getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown };
  setTimeout(callback: () => void, ms: number): number;
  clearTimeout(timer: number): void;
}

/** What WASI takes, and a turn of the event loop. */
export interface CellPowers extends WasiPowers {
  /** Resolves after what waits in the event loop had its turn. */
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

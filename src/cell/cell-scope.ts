/** The powers of a worker that a cell's WASI is made of, taken from the scope that the door hands in. */
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
  // By the time when it is needed, if ever, the scope is sealed.
  const Channel = MessageChannel;
  let channel: MessageChannel | undefined;
  const waiting: Array<() => void> = [];
  const openChannel = (): MessageChannel => {
    const { port1, port2 } = new Channel();
    port1.addEventListener("message", () => waiting.shift()?.());
    port1.start();
    return { port1, port2 };
  };
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
    nextTurn: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        channel ??= openChannel();
        channel.port2.postMessage(undefined);
      }),
  };
}

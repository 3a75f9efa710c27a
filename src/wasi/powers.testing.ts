/** Powers for tests: a clock that stands still until it is moved, and randomness that counts up. */
import type { WasiPowers } from "./powers.ts";
import { createSuspendingWaits } from "./waits.ts";
import type { Waits } from "./waits.ts";

export interface TestPowers extends WasiPowers {
  /** Moves both clocks, and wakes the sleepers that are due. */
  advance(ms: number): void;
  readonly sleepers: number;
  readonly turns: number;
  nextTurn(): Promise<void>;
}

export function createTestPowers(): TestPowers {
  let now = 1000;
  let turns = 0;
  let filled = 0;
  const sleepers = new Map<() => void, number>();
  return {
    wallClockMs: () => 1_700_000_000_123.456 + now,
    monotonicMs: () => now,
    sleep(durationMs, { signal } = {}) {
      return new Promise((resolve, reject) => {
        sleepers.set(resolve, now + durationMs);
        signal?.addEventListener("abort", () => {
          sleepers.delete(resolve);
          reject(signal.reason);
        });
      });
    },
    fillRandom(bytes) {
      for (let at = 0; at < bytes.length; at++) bytes[at] = ++filled;
    },
    nextTurn() {
      turns++;
      return new Promise((resolve) => {
        setTimeout(resolve);
      });
    },
    advance(ms) {
      now += ms;
      for (const [wake, due] of sleepers) {
        if (due > now) continue;
        sleepers.delete(wake);
        wake();
      }
    },
    get sleepers() {
      return sleepers.size;
    },
    get turns() {
      return turns;
    },
  };
}

/** Waits with a clock that stands still: no turn is ever due. */
export function createTestWaits(): Waits {
  return createSuspendingWaits(createTestPowers());
}

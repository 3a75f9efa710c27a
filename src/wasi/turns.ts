/**
 * Sees to it that messages come through while a guest calls and calls.
 *
 * A suspended guest that finds its answer ready is resumed within the same turn of the event loop, so a busy one would
 * never let a MessagePort deliver: no bytes, no credit, no end.
 */
import type { WasiPowers } from "./powers.ts";

export interface Turns {
  /** Call before whatever may suspend; waits a turn of the event loop when none has passed for a while. */
  take(): Promise<void> | undefined;
  /** The event loop has had its turn anyway. */
  passed(): void;
}

/** Short against what a person or a peer notices, long against a turn's cost of some 20 µs. */
const TURN_MS = 2;

export function createTurns(powers: Pick<WasiPowers, "monotonicMs" | "nextTurn">): Turns {
  let last = powers.monotonicMs();
  const passed = (): void => {
    last = powers.monotonicMs();
  };
  return {
    take() {
      return powers.monotonicMs() - last < TURN_MS ? undefined : powers.nextTurn().then(passed);
    },
    passed,
  };
}

/** The powers of a cell's WASI host: clocks and randomness. */
import type { Waiting } from "#base";

export interface WasiPowers {
  /** Milliseconds since 1970, with fractions where the platform has them. */
  wallClockMs(): number;
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number;
  /** Resolves after about that time; may be early by a fraction. */
  sleep(durationMs: number, options?: Waiting): Promise<void>;
  /** Fills the array with cryptographically random bytes. */
  fillRandom(bytes: Uint8Array<ArrayBuffer>): void;
}

/** Measurements for tests of hostile components. */
import { expect } from "vitest";

/** Bytes of the JavaScript objects in this thread's heap. */
export function heapBytes(): number {
  const { process } = globalThis as unknown as {
    readonly process: { memoryUsage(): { readonly heapUsed: number } };
  };
  return process.memoryUsage().heapUsed;
}

/** Ten times what any test takes beside other work; without a bound, they would take minutes. */
export const LIMIT_MS: number = 3_000;

/** Calls the function, and fails the test if it takes longer. */
export function timed<T>(call: () => T, limitMs: number = LIMIT_MS): T {
  const start = performance.now();
  try {
    return call();
  } finally {
    expect(performance.now() - start).toBeLessThan(limitMs);
  }
}

export function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

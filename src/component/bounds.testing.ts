/** What tests of hostile components measure by. */
import { expect } from "vitest";

/** What the objects of this thread take. */
export function heapBytes(): number {
  const { process } = globalThis as unknown as {
    readonly process: { memoryUsage(): { readonly heapUsed: number } };
  };
  return process.memoryUsage().heapUsed;
}

/** Ten times what anything takes, with other work beside it; without a bound, it would be minutes. */
export const LIMIT_MS: number = 3_000;

/** What the call gives, if it takes no longer. */
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

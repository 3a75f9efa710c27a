/** `wasi:clocks` over the clocks that are passed in. */
import { Pollable } from "./poll.ts";
import type { Awaited } from "./waits.ts";
import type { WasiPowers } from "./powers.ts";
import type { Waits } from "./waits.ts";

interface Datetime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

const NANOS_PER_MS = 1_000_000n;
/** The wall clock of the platform counts whole milliseconds. */
const WALL_RESOLUTION = { seconds: 0n, nanoseconds: Number(NANOS_PER_MS) };
/** Number of steps to measure; the shortest counts, since the thread may be descheduled meanwhile. */
const MEASURED_STEPS = 5;
/** Takes some milliseconds: no browser's clock has longer steps. */
const READS_LIMIT = 200_000;
/** The longest single sleep: timers of the platform count in 31 bits. */
const SLEEP_LIMIT_MS = 0x7fff_ffff;

export interface Clocks {
  readonly monotonic: {
    now(): bigint;
    resolution(): bigint;
    subscribeInstant(when: bigint): Pollable;
    subscribeDuration(duration: bigint): Pollable;
  };
  /** Nanoseconds since 1970. */
  readonly wallNs: () => bigint;
  readonly wall: { now(): Datetime; resolution(): Datetime };
}

export function createClocks(powers: WasiPowers, waits: Waits): Clocks {
  const now = (): bigint => toNanos(powers.monotonicMs());
  let resolution: bigint | undefined;
  const at = (when: bigint): Pollable => {
    const awaited: Awaited = {
      get ready() {
        return now() >= when;
      },
      dueMs: Number(when / 1000n) / 1000 + 0.001,
      wait(options) {
        const rest = Number((when - now()) / NANOS_PER_MS) + 1;
        return powers.sleep(Math.min(Math.max(rest, 0), SLEEP_LIMIT_MS), options);
      },
    };
    return new Pollable(awaited, waits);
  };
  return {
    monotonic: {
      now,
      resolution: () => (resolution ??= measureStep(() => powers.monotonicMs())),
      subscribeInstant: at,
      subscribeDuration: (duration) => at(now() + duration),
    },
    wallNs: () => toNanos(powers.wallClockMs()),
    wall: {
      now: () => toDatetime(powers.wallClockMs()),
      resolution: () => WALL_RESOLUTION,
    },
  };
}

/**
 * The shortest step of a clock, in nanoseconds. Browsers do not report it: Chromium's is 5 µs where threads may share memory
 * and 100 µs elsewhere, and others differ. Waits for five steps, less than a millisecond in Chromium.
 */
function measureStep(nowMs: () => number): bigint {
  let shortestMs = Infinity;
  let before = nowMs();
  for (let steps = 0, reads = 0; steps < MEASURED_STEPS && reads < READS_LIMIT; reads++) {
    const now = nowMs();
    if (now === before) continue;
    shortestMs = Math.min(shortestMs, now - before);
    before = now;
    steps++;
  }
  if (shortestMs === Infinity) return NANOS_PER_MS;
  const nanos = toNanos(shortestMs);
  return nanos === 0n ? 1000n : nanos;
}

function toNanos(ms: number): bigint {
  return BigInt(Math.round(ms * 1000)) * 1000n;
}

function toDatetime(ms: number): Datetime {
  const seconds = Math.floor(ms / 1000);
  return {
    seconds: BigInt(seconds),
    nanoseconds: Math.floor((ms - seconds * 1000) * 1_000_000),
  };
}

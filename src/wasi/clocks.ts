/** `wasi:clocks` over the clocks handed in. */
import { Pollable } from "./poll.ts";
import type { Awaited } from "./poll.ts";
import type { WasiPowers } from "./powers.ts";
import type { Waits } from "./waits.ts";

interface Datetime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

const NANOS_PER_MS = 1_000_000n;
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
      resolution: () => NANOS_PER_MS,
      subscribeInstant: at,
      subscribeDuration: (duration) => at(now() + duration),
    },
    wallNs: () => toNanos(powers.wallClockMs()),
    wall: {
      now: () => toDatetime(powers.wallClockMs()),
      resolution: () => ({ seconds: 0n, nanoseconds: Number(NANOS_PER_MS) }),
    },
  };
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

/** Quotas: limits on numbers of calls, on calls in a time, and on bytes. */

/** Limits of one attenuation, which all its clients share. */
export interface Quota {
  /** Maximum number of calls in all. */
  readonly calls?: number;
  /** Maximum number of bytes of text and data in all parameters and results. */
  readonly bytes?: number;
  /** A burst of up to `calls` calls, refilled evenly at `calls` in each `perMs` milliseconds. */
  readonly rate?: { readonly calls: number; readonly perMs: number };
}

/** Monotonic time. */
export interface Clock {
  readonly nowMs: () => number;
}

export class Meter {
  readonly #clock: Clock;
  readonly #rate: Quota["rate"];
  #calls: number;
  #bytes: number;
  #tokens: number;
  #filledMs: number;

  constructor({ calls = Infinity, bytes = Infinity, rate }: Quota, clock: Clock) {
    this.#clock = clock;
    this.#rate = rate;
    this.#calls = calls;
    this.#bytes = bytes;
    this.#tokens = rate?.calls ?? 0;
    this.#filledMs = rate === undefined ? 0 : clock.nowMs();
  }

  /** The limit that a call would exceed; `undefined` for none. Charges nothing. */
  findLimit(bytes: number): string | undefined {
    if (this.#calls < 1) return "calls";
    if (this.#rate !== undefined && this.#refill(this.#rate) < 1) return "rate";
    return this.#bytes < bytes ? "bytes" : undefined;
  }

  /** Charges one call, and the bytes of its parameters. */
  charge(bytes: number): void {
    this.#calls--;
    this.#tokens--;
    this.#bytes -= bytes;
  }

  /** Charges the bytes of results. @returns whether they were within the limit; they are charged either way */
  chargeBytes(bytes: number): boolean {
    this.#bytes -= bytes;
    return this.#bytes >= 0;
  }

  #refill({ calls, perMs }: NonNullable<Quota["rate"]>): number {
    const nowMs = this.#clock.nowMs();
    this.#tokens = Math.min(calls, this.#tokens + ((nowMs - this.#filledMs) * calls) / perMs);
    this.#filledMs = nowMs;
    return this.#tokens;
  }
}

/** @throws {RangeError} when a limit is not a safe integer of at least 0, or a period not positive. */
export function requireQuota({ calls, bytes, rate }: Quota, where: string): void {
  for (const [name, limit] of Object.entries({ calls, bytes, "rate.calls": rate?.calls })) {
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
      throw new RangeError(`"${name}" of ${where} is not a count: ${limit}`);
    }
  }
  if (rate !== undefined && !(rate.perMs > 0)) {
    throw new RangeError(`"rate.perMs" of ${where} is not a duration: ${rate.perMs}`);
  }
}

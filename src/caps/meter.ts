/** How much may still be called: numbers of calls, calls in a time, bytes. */

/** Each is for one attenuation, however many clients of it there are. */
export interface Quota {
  /** How many calls may be made in all. */
  readonly calls?: number;
  /** How many bytes of text and data parameters and results may have in all. */
  readonly bytes?: number;
  /** So many calls at once, and as many in each such time later. */
  readonly rate?: { readonly calls: number; readonly perMs: number };
}

/** Time that does not go back. */
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

  /** Which limit a call meets; `undefined` for none. Charges nothing. */
  findLimit(bytes: number): string | undefined {
    if (this.#calls < 1) return "calls";
    if (this.#rate !== undefined && this.#refill(this.#rate) < 1) return "rate";
    return this.#bytes < bytes ? "bytes" : undefined;
  }

  /** A call, with the bytes of its parameters. */
  charge(bytes: number): void {
    this.#calls--;
    this.#tokens--;
    this.#bytes -= bytes;
  }

  /** Those of results. @returns whether there was room for them; they are charged all the same */
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

/** @throws {RangeError} when a limit is no number that can be counted to. */
export function requireQuota({ calls, bytes, rate }: Quota, where: string): void {
  for (const [name, limit] of Object.entries({ calls, bytes, "rate.calls": rate?.calls })) {
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
      throw new RangeError(`"${name}" of ${where} is no count: ${limit}`);
    }
  }
  if (rate !== undefined && !(rate.perMs > 0)) {
    throw new RangeError(`"rate.perMs" of ${where} is no time: ${rate.perMs}`);
  }
}

/** `wasi:io/poll`: true readiness, one wait per suspension, nothing left behind by a poll. */
import type { Waiting } from "#base";
import { trap } from "./trap.ts";
import type { Turns } from "./turns.ts";

/** Something that is ready or not now, and can be waited for. */
export interface Awaited {
  readonly ready: boolean;
  /** Resolves when it may be ready; asked again after. */
  wait(options?: Waiting): Promise<void>;
}

/** The resource `pollable`. */
export class Pollable {
  readonly #awaited: Awaited;
  readonly #turns: Turns;
  #dropped: (() => void) | undefined;

  /** @param dropped told once, when the guest drops the pollable */
  constructor(awaited: Awaited, turns: Turns, dropped?: () => void) {
    this.#awaited = awaited;
    this.#turns = turns;
    this.#dropped = dropped;
  }

  /** Suspends now and then, so that a guest that asks in a loop gets its answer in the end. */
  async ready(): Promise<boolean> {
    await this.#turns.take();
    return this.#awaited.ready;
  }

  async block(): Promise<void> {
    await blockOn(this.#awaited, this.#turns);
  }

  [Symbol.dispose](): void {
    this.#dropped?.();
    this.#dropped = undefined;
  }

  static awaited(pollable: Pollable): Awaited {
    return pollable.#awaited;
  }
}

/** Waits until it is ready, giving the event loop a turn when one is due. */
export async function blockOn(awaited: Awaited, turns: Turns): Promise<void> {
  await turns.take();
  while (!awaited.ready) {
    await awaited.wait();
    turns.passed();
  }
}

/** The function `poll`: which of the pollables are ready, at least one. */
export function createPoll(turns: Turns): (pollables: readonly Pollable[]) => Promise<Uint32Array> {
  return async (pollables) => {
    if (pollables.length === 0) trap("wasi:io/poll.poll was called with an empty list");
    const all = pollables.map((pollable) => Pollable.awaited(pollable));
    await turns.take();
    for (;;) {
      const ready = all.flatMap((awaited, at) => (awaited.ready ? [at] : []));
      if (ready.length > 0) return Uint32Array.from(ready);
      await waitForAny(all);
      turns.passed();
    }
  };
}

async function waitForAny(all: readonly Awaited[]): Promise<void> {
  const [only] = all;
  if (only !== undefined && all.length === 1) return only.wait();
  const done = new AbortController();
  try {
    await Promise.race(all.map((awaited) => awaited.wait({ signal: done.signal })));
  } finally {
    // Takes the losers back; the reason is a constant since an error with a stack costs more than the poll.
    done.abort("polled");
  }
}

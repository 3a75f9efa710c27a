/** `wasi:io/poll`: true readiness, one wait for each poll, which leaves nothing behind. */
import { after } from "#base";
import type { Eventually } from "#base";
import { trap } from "./trap.ts";
import type { Awaited, Waits } from "./waits.ts";

/** The resource `pollable`. */
export class Pollable {
  readonly #awaited: Awaited;
  readonly #waits: Waits;
  #dropped: (() => void) | undefined;

  /** @param dropped called once, when the guest drops the pollable */
  constructor(awaited: Awaited, waits: Waits, dropped?: () => void) {
    this.#awaited = awaited;
    this.#waits = waits;
    this.#dropped = dropped;
  }

  ready(): Eventually<boolean> {
    return after(this.#waits.turn(), () => this.#awaited.ready);
  }

  block(): Eventually<void> {
    return this.#waits.until([this.#awaited]);
  }

  [Symbol.dispose](): void {
    this.#dropped?.();
    this.#dropped = undefined;
  }

  static awaited(pollable: Pollable): Awaited {
    return pollable.#awaited;
  }
}

/** The function `poll`: the indexes of the ready pollables, at least one. */
export function createPoll(
  waits: Waits,
): (pollables: readonly Pollable[]) => Eventually<Uint32Array> {
  return (pollables) => {
    if (pollables.length === 0) trap("wasi:io/poll.poll was called with an empty list");
    const all = pollables.map((pollable) => Pollable.awaited(pollable));
    // A list may contain one pollable a million times.
    return after(waits.until([...new Set(all)]), () => {
      const indexes = new Uint32Array(all.length);
      let count = 0;
      all.forEach((awaited, at) => {
        if (awaited.ready) indexes[count++] = at;
      });
      return indexes.subarray(0, count);
    });
  };
}

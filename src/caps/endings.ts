/** What ends together with a lifetime: calls in flight, open promises, and clients that somebody watches. */
import type { Exception } from "#base";
import type { Lifetime } from "./lifetime.ts";

export interface Ending {
  end(reason: Exception): void;
}

/**
 * Listens to the lifetime only while there is something to end: a boundary that nobody uses any more is not kept by
 * the lifetime, and capabilities that are merely held cost nothing when it ends.
 */
export class Endings {
  readonly #lifetime: Lifetime | undefined;
  readonly #open = new Set<Ending>();
  #forget: (() => void) | undefined;

  /** @param lifetime without it, nothing ever ends */
  constructor(lifetime: Lifetime | undefined) {
    this.#lifetime = lifetime;
  }

  add(ending: Ending): void {
    if (this.#lifetime === undefined) return;
    this.#open.add(ending);
    if (this.#open.size === 1)
      this.#forget = this.#lifetime.whenEnded((reason) => this.#end(reason));
  }

  delete(ending: Ending): void {
    if (!this.#open.delete(ending) || this.#open.size > 0) return;
    this.#forget?.();
    this.#forget = undefined;
  }

  #end(reason: Exception): void {
    const open = [...this.#open];
    this.#open.clear();
    this.#forget = undefined;
    for (const ending of open) ending.end(reason);
  }
}

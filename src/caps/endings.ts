/** What ends together with a lifetime: calls in flight, open promises, and watched clients. */
import type { Exception } from "#base";
import type { Lifetime } from "./lifetime.ts";

/** Something that can end. The links belong to the `Endings` that it is in. */
export interface Ending {
  previousEnding: Ending | undefined;
  nextEnding: Ending | undefined;
  end(reason: Exception): void;
}

/**
 * A linked list, since every call is added and deleted, and a set makes garbage of that.
 *
 * It listens to the lifetime only while there is something to end: an unused boundary is not kept by
 * the lifetime, and capabilities that are merely held cost nothing when it ends.
 */
export class Endings {
  readonly #lifetime: Lifetime | undefined;
  #first: Ending | undefined;
  #last: Ending | undefined;
  #forget: (() => void) | undefined;

  /** @param lifetime without it, nothing ever ends */
  constructor(lifetime: Lifetime | undefined) {
    this.#lifetime = lifetime;
  }

  /** Adds what is not in it. */
  add(ending: Ending): void {
    if (this.#lifetime === undefined) return;
    const last = this.#last;
    this.#last = ending;
    if (last === undefined) {
      this.#first = ending;
      this.#forget = this.#lifetime.whenEnded((reason) => this.#end(reason));
    } else {
      ending.previousEnding = last;
      last.nextEnding = ending;
    }
  }

  /** Does nothing for what is not in it. */
  delete(ending: Ending): void {
    const { previousEnding: previous, nextEnding: next } = ending;
    if (previous === undefined && this.#first !== ending) return;
    if (previous === undefined) this.#first = next;
    else previous.nextEnding = next;
    if (next === undefined) this.#last = previous;
    else next.previousEnding = previous;
    ending.previousEnding = undefined;
    ending.nextEnding = undefined;
    if (this.#first !== undefined) return;
    this.#forget?.();
    this.#forget = undefined;
  }

  #end(reason: Exception): void {
    // Each is removed from the list before its callback, which may remove others or add more.
    for (let ending = this.#first; ending !== undefined; ending = this.#first) {
      this.delete(ending);
      ending.end(reason);
    }
  }
}

/** The things that end together with a lifetime: calls in flight, open promises, and watched clients. */
import type { Exception } from "#base";
import type { Lifetime } from "./lifetime.ts";

/** Something that can end. The links belong to the `Endings` that contains it. */
export interface Ending {
  previousEnding: Ending | undefined;
  nextEnding: Ending | undefined;
  end(reason: Exception): void;
}

/**
 * A linked list of things to end; a Set would make garbage, since every call is added and deleted.
 *
 * It listens to the lifetime only while it is not empty: the lifetime does not keep an unused boundary alive, and
 * capabilities that are merely held cost nothing when it ends.
 */
export class Endings {
  readonly #lifetime: Lifetime | undefined;
  #first: Ending | undefined;
  #last: Ending | undefined;
  #forget: (() => void) | undefined;

  /** @param lifetime without one, nothing ever ends */
  constructor(lifetime: Lifetime | undefined) {
    this.#lifetime = lifetime;
  }

  /** Adds an ending that is not in the list. */
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

  /** Removes an ending; does nothing if it is not in the list. */
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

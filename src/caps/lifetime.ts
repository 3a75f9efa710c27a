/** Lifetimes: authority is valid until its lifetime ends, for a reason. Epochs and revokers end lifetimes. */
import type { Exception } from "#base";

/** Something that ends at most once. */
export interface Lifetime {
  /** The refusal of every later call; `undefined` before the end. */
  readonly ended: Exception | undefined;
  /** Calls back once, at the end, or at once if it has ended. @returns removes the callback */
  whenEnded(notify: (reason: Exception) => void): () => void;
}

/** A lifetime whose owner can end it. */
export class OwnedLifetime implements Lifetime {
  #ended: Exception | undefined;
  readonly #listeners = new Set<(reason: Exception) => void>();

  get ended(): Exception | undefined {
    return this.#ended;
  }

  whenEnded(notify: (reason: Exception) => void): () => void {
    if (this.#ended !== undefined) {
      notify(this.#ended);
      return () => undefined;
    }
    // A new function for each call, since one callback may be registered twice.
    const listener = (reason: Exception): void => notify(reason);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Ends several lifetimes, each for its own reason. All have ended before the first callback runs, so a callback
   * cannot make a last call.
   */
  static endAll(
    lifetimes: readonly (readonly [lifetime: OwnedLifetime, reason: Exception])[],
  ): void {
    const open = lifetimes.filter(([lifetime]) => lifetime.#ended === undefined);
    for (const [lifetime, reason] of open) lifetime.#ended = reason;
    for (const [lifetime, reason] of open) {
      const listeners = [...lifetime.#listeners];
      lifetime.#listeners.clear();
      for (const notify of listeners) notify(reason);
    }
  }

  end(reason: Exception): void {
    OwnedLifetime.endAll([[this, reason]]);
  }
}

/** A lifetime that ends with the first of several; `undefined` for none. */
export function joinLifetimes(lifetimes: readonly Lifetime[]): Lifetime | undefined {
  // Each part only once, even if several policies share it, since every call checks all parts.
  const parts = new Set(lifetimes.flatMap((part) => (part instanceof Joined ? part.parts : part)));
  const [only] = parts;
  return parts.size < 2 ? only : new Joined([...parts]);
}

class Joined implements Lifetime {
  readonly parts: readonly Lifetime[];

  constructor(parts: readonly Lifetime[]) {
    this.parts = parts;
  }

  get ended(): Exception | undefined {
    for (const { ended } of this.parts) if (ended !== undefined) return ended;
    return undefined;
  }

  whenEnded(notify: (reason: Exception) => void): () => void {
    const stop: (() => void)[] = [];
    let isOpen = true;
    const forget = (): void => {
      isOpen = false;
      for (const remove of stop.splice(0)) remove();
    };
    for (const part of this.parts) {
      if (!isOpen) break;
      stop.push(
        part.whenEnded((reason) => {
          if (!isOpen) return;
          forget();
          notify(reason);
        }),
      );
    }
    return forget;
  }
}

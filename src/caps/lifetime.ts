/** Lifetimes: what authority is good for, until it is taken back for a reason. Epochs and revokers end them. */
import type { Exception } from "#base";

/** Something that ends at most once. */
export interface Lifetime {
  /** The refusal for every call from now on; `undefined` before the end. */
  readonly ended: Exception | undefined;
  /** Calls back at the end, once; at once if that has come. @returns how to take that back */
  whenEnded(tell: (reason: Exception) => void): () => void;
}

/** A lifetime in the hands of its owner, who ends it. */
export class OwnedLifetime implements Lifetime {
  #ended: Exception | undefined;
  readonly #told = new Set<(reason: Exception) => void>();

  get ended(): Exception | undefined {
    return this.#ended;
  }

  whenEnded(tell: (reason: Exception) => void): () => void {
    if (this.#ended !== undefined) {
      tell(this.#ended);
      return () => undefined;
    }
    // A function of its own: the same one may ask twice.
    const told = (reason: Exception): void => tell(reason);
    this.#told.add(told);
    return () => void this.#told.delete(told);
  }

  /**
   * Ends several lifetimes for their reasons. All have ended before the first listener is called, so a listener that
   * makes a call cannot make it in time.
   */
  static endAll(
    lifetimes: readonly (readonly [lifetime: OwnedLifetime, reason: Exception])[],
  ): void {
    const open = lifetimes.filter(([lifetime]) => lifetime.#ended === undefined);
    for (const [lifetime, reason] of open) lifetime.#ended = reason;
    for (const [lifetime, reason] of open) {
      const told = [...lifetime.#told];
      lifetime.#told.clear();
      for (const tell of told) tell(reason);
    }
  }

  end(reason: Exception): void {
    OwnedLifetime.endAll([[this, reason]]);
  }
}

/** A lifetime that ends with the first of several; `undefined` for none. */
export function joinLifetimes(lifetimes: readonly Lifetime[]): Lifetime | undefined {
  // Each once, also where several policies live by the same: every call checks all of them.
  const parts = new Set(lifetimes.flatMap((each) => (each instanceof Joined ? each.parts : each)));
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

  whenEnded(tell: (reason: Exception) => void): () => void {
    const stop: (() => void)[] = [];
    let isOpen = true;
    const forget = (): void => {
      isOpen = false;
      for (const each of stop.splice(0)) each();
    };
    for (const part of this.parts) {
      if (!isOpen) break;
      stop.push(
        part.whenEnded((reason) => {
          if (!isOpen) return;
          forget();
          tell(reason);
        }),
      );
    }
    return forget;
  }
}

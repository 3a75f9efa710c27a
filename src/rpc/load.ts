/** What a peer's calls hold here: parameters, results, answers that it does not read, and what is made of them. */

/** What one open call takes at least beside its messages, so that as many as may be open fit if they are small. */
export const CALL_BYTES = 256;
/** What one capability in a message takes: its entry in a table, and what stands for it. */
export const CAPABILITY_BYTES = 256;

/**
 * Bytes that several connections may hold together, for instance those of all cells of one run.
 *
 * Each connection has a bound of its own beside it. Beyond either, further calls wait.
 */
export interface Budget {
  readonly limitBytes: number;
  /** What all of them hold now; may be over the limit by what the last calls have brought. */
  readonly heldBytes: number;
  /** Counts; negative for what is held no more. */
  hold(bytes: number): void;
  /** Calls back whenever less is held. @returns how to take that back */
  whenLess(tell: () => void): () => void;
}

/** A budget to be shared by connections: `connect(transport, { budget })`. */
export function createBudget(limitBytes: number): Budget {
  let heldBytes = 0;
  const told = new Set<() => void>();
  return {
    limitBytes,
    get heldBytes() {
      return heldBytes;
    },
    hold(bytes) {
      heldBytes += bytes;
      if (bytes < 0) for (const tell of told) tell();
    },
    whenLess(tell) {
      told.add(tell);
      return () => void told.delete(tell);
    },
  };
}

/** One connection's part. */
export class Load {
  readonly #limitBytes: number;
  readonly #budget: Budget | undefined;
  #heldBytes = 0;
  #answeredBytes = 0;
  /** Told whenever less is held, or less by what still runs. */
  onLess: () => void = () => undefined;

  constructor(limitBytes: number, budget: Budget | undefined) {
    this.#limitBytes = limitBytes;
    this.#budget = budget;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Whether further calls must wait. */
  get isFull(): boolean {
    if (this.#heldBytes >= this.#limitBytes) return true;
    return this.#budget !== undefined && this.#budget.heldBytes >= this.#budget.limitBytes;
  }

  /** Whether they wait for the peer only, which has to say that it is done with answers: so it must be read. */
  get waitsForPeer(): boolean {
    return this.#heldBytes - this.#answeredBytes < this.#limitBytes;
  }

  /** The call that holds so much was answered; negative when the peer is done with the answer. */
  answered(bytes: number): void {
    this.#answeredBytes += bytes;
    if (bytes > 0) this.onLess();
  }

  add(bytes: number): void {
    this.#heldBytes += bytes;
    this.#budget?.hold(bytes);
  }

  remove(bytes: number): void {
    if (bytes === 0) return;
    this.#heldBytes -= bytes;
    this.#budget?.hold(-bytes);
    this.onLess();
  }

  /** The connection is over. */
  clear(): void {
    this.onLess = () => undefined;
    this.#answeredBytes = 0;
    this.remove(this.#heldBytes);
  }
}

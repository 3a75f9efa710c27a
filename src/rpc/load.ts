/** Bytes that a peer's calls hold: parameters, results, unread answers, and objects made of them. */

/** Minimal cost of an open call beside its messages. With it, `openCalls` small calls fit. */
export const CALL_BYTES = 256;
/** Cost of a capability in a message: a table entry and an object. */
export const CAPABILITY_BYTES = 256;

/**
 * A shared limit on held bytes, for instance for all cells of a run.
 *
 * Each connection has its own limit as well. Beyond either, further calls wait.
 */
export interface Budget {
  readonly limitBytes: number;
  /** Bytes held now; the last calls may have exceeded the limit. */
  readonly heldBytes: number;
  /** Charges bytes; a negative number releases them. */
  hold(bytes: number): void;
  /** Calls back after each release. @returns removes the callback */
  onDecrease(listener: () => void): () => void;
}

/** Creates a budget for several connections: `connect(transport, { budget })`. */
export function createBudget(limitBytes: number): Budget {
  let heldBytes = 0;
  const listeners = new Set<() => void>();
  return {
    limitBytes,
    get heldBytes() {
      return heldBytes;
    },
    hold(bytes) {
      heldBytes += bytes;
      if (bytes < 0) for (const listener of listeners) listener();
    },
    onDecrease(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The bytes that one connection's calls hold. */
export class Load {
  readonly #limitBytes: number;
  readonly #budget: Budget | undefined;
  #heldBytes = 0;
  #answeredBytes = 0;
  /** Called when bytes are released, or no longer belong to running calls. */
  onDecrease: () => void = () => undefined;

  constructor(limitBytes: number, budget: Budget | undefined) {
    this.#limitBytes = limitBytes;
    this.#budget = budget;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Whether new calls must wait. */
  get isFull(): boolean {
    if (this.#heldBytes >= this.#limitBytes) return true;
    return this.#budget !== undefined && this.#budget.heldBytes >= this.#budget.limitBytes;
  }

  /** Whether only finished answers exceed the limit. The peer must then be read, since its Finish releases them. */
  get waitsForPeer(): boolean {
    return this.#heldBytes - this.#answeredBytes < this.#limitBytes;
  }

  /** Counts bytes of answered calls; negative when the peer sends its Finish. */
  answered(bytes: number): void {
    this.#answeredBytes += bytes;
    if (bytes > 0) this.onDecrease();
  }

  add(bytes: number): void {
    this.#heldBytes += bytes;
    this.#budget?.hold(bytes);
  }

  remove(bytes: number): void {
    if (bytes === 0) return;
    this.#heldBytes -= bytes;
    this.#budget?.hold(-bytes);
    this.onDecrease();
  }

  /** Releases everything when the connection ends. */
  clear(): void {
    this.onDecrease = () => undefined;
    this.#answeredBytes = 0;
    this.remove(this.#heldBytes);
  }
}

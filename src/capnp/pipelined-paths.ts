/** What was called ahead on an answer: for each path of pointer fields the one capability that stands for it. */
import type { Capability } from "./capability.ts";

export interface Pipelined<C extends Capability = Capability> {
  readonly path: readonly number[];
  readonly capability: C;
}

/**
 * A table of pipelined paths; it lends its capabilities, whoever adds one holds it.
 *
 * As long as a path is in it, whoever calls ahead on the path gets the same capability: another one for the same path could
 * be reached by a shorter way, and its calls would overtake those that are still on the longer one.
 */
export class PipelinedPaths<C extends Capability = Capability> {
  readonly #entries = new Map<string, Pipelined<C>>();

  get size(): number {
    return this.#entries.size;
  }

  /** The capability that stands for the path, lent. */
  get(path: readonly number[]): C | undefined {
    return this.#entries.get(path.join())?.capability;
  }

  add(path: readonly number[], capability: C): void {
    this.#entries.set(path.join(), { path, capability });
  }

  delete(path: readonly number[]): void {
    this.#entries.delete(path.join());
  }

  /** All of them, in the order in which they were added; the table is empty after that. */
  takeAll(): readonly Pipelined<C>[] {
    const all = [...this.#entries.values()];
    this.#entries.clear();
    return all;
  }

  [Symbol.iterator](): IterableIterator<Pipelined<C>> {
    return this.#entries.values();
  }
}

/** The pipelined capabilities of one answer, by path of pointer fields. */
import type { Capability } from "./capability.ts";

export interface Pipelined<C extends Capability = Capability> {
  readonly path: readonly number[];
  readonly capability: C;
}

/**
 * A table of pipelined paths. It borrows its capabilities; the caller of `add` holds the reference.
 *
 * Each path keeps one capability: a second one could have a shorter path to the target, and its calls would overtake
 * earlier ones.
 */
export class PipelinedPaths<C extends Capability = Capability> {
  readonly #entries = new Map<string, Pipelined<C>>();

  get size(): number {
    return this.#entries.size;
  }

  /** The capability of a path, borrowed. */
  get(path: readonly number[]): C | undefined {
    return this.#entries.get(path.join())?.capability;
  }

  add(path: readonly number[], capability: C): void {
    this.#entries.set(path.join(), { path, capability });
  }

  delete(path: readonly number[]): void {
    this.#entries.delete(path.join());
  }

  /** Removes and returns all entries, in insertion order. */
  takeAll(): readonly Pipelined<C>[] {
    const all = [...this.#entries.values()];
    this.#entries.clear();
    return all;
  }

  [Symbol.iterator](): IterableIterator<Pipelined<C>> {
    return this.#entries.values();
  }
}

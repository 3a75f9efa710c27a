/** Whether two types are the same. @see Explainer.md "Type Checking" */
import type { FuncType, ResourceType, ValueType } from "./types.ts";

/**
 * Compares what one component says with what another says: parts by their labels and order, resources as told.
 *
 * Names of parameters may differ: no code depends on them. A pair of types that was compared once is not compared again,
 * since types are graphs.
 */
export class TypeMatcher {
  readonly #isSameResource: (a: ResourceType, b: ResourceType) => boolean;
  readonly #same = new Map<ValueType, Set<ValueType>>();

  constructor(isSameResource: (a: ResourceType, b: ResourceType) => boolean) {
    this.#isSameResource = isSameResource;
  }

  isSameFunc(a: FuncType, b: FuncType): boolean {
    return this.isSame(a.tuple, b.tuple) && this.#isSameOptional(a.result, b.result);
  }

  isSame(a: ValueType, b: ValueType): boolean {
    if (a === b || this.#same.get(a)?.has(b) === true) return true;
    if (!this.#hasSameParts(a, b)) return false;
    const known = this.#same.get(a) ?? new Set();
    this.#same.set(a, known.add(b));
    return true;
  }

  #hasSameParts(a: ValueType, b: ValueType): boolean {
    return (
      a.kind === b.kind &&
      // What takes another place is another type.
      a.size === b.size &&
      a.align === b.align &&
      a.length === b.length &&
      a.of.length === b.of.length &&
      (a.kind === "tuple" || a.labels.join() === b.labels.join()) &&
      this.#isSameHandle(a.resource, b.resource) &&
      a.of.every((part, at) => this.#isSameOptional(part, b.of[at]))
    );
  }

  #isSameHandle(a: ResourceType | undefined, b: ResourceType | undefined): boolean {
    return a === undefined || b === undefined ? a === b : this.#isSameResource(a, b);
  }

  #isSameOptional(a: ValueType | undefined, b: ValueType | undefined): boolean {
    return a === undefined || b === undefined ? a === b : this.isSame(a, b);
  }
}

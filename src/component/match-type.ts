/** Whether two types are the same. @see Explainer.md "Type Checking" */
import { isPrimitive } from "./types.ts";
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
    // What takes another place is another type; and the cases below need not look at both kinds.
    if (a.kind !== b.kind || a.size !== b.size || a.align !== b.align) return false;
    if (isPrimitive(a)) return true;
    switch (a.kind) {
      case "record":
        return b.kind === a.kind && this.#areSameLabelled(a.fields, b.fields);
      case "variant":
        return b.kind === a.kind && this.#areSameLabelled(a.cases, b.cases);
      case "flags":
      case "enum":
        return b.kind === a.kind && a.labels.join() === b.labels.join();
      case "list":
        return b.kind === a.kind && a.length === b.length && this.isSame(a.of, b.of);
      case "tuple":
        return b.kind === a.kind && this.#areAll(a.of, b.of);
      case "option":
        return b.kind === a.kind && this.isSame(a.of, b.of);
      case "result":
        return (
          b.kind === a.kind &&
          this.#isSameOptional(a.ok, b.ok) &&
          this.#isSameOptional(a.err, b.err)
        );
      case "own":
      case "borrow":
        return b.kind === a.kind && this.#isSameResource(a.resource, b.resource);
    }
  }

  #areSameLabelled(
    a: ReadonlyArray<readonly [string, ValueType | undefined]>,
    b: ReadonlyArray<readonly [string, ValueType | undefined]>,
  ): boolean {
    return (
      a.length === b.length &&
      a.every(([label, type], at) => {
        const [otherLabel, other] = b[at] ?? [];
        return label === otherLabel && this.#isSameOptional(type, other);
      })
    );
  }

  #isSameOptional(a: ValueType | undefined, b: ValueType | undefined): boolean {
    return a === undefined || b === undefined ? a === b : this.isSame(a, b);
  }

  #areAll(a: readonly ValueType[], b: readonly ValueType[]): boolean {
    return a.length === b.length && a.every((type, at) => this.#isSameOptional(type, b[at]));
  }
}

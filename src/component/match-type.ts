/** Whether two types are the same. @see Explainer.md "Type Checking" */
import { FLAT_LIMIT } from "./types.ts";
import type { FuncType, ResourceType, ValueType } from "./types.ts";

/**
 * Compares types of two components: parts by labels and order, resources by `identityOf`.
 *
 * Names of parameters may differ, since no code depends on them. Each type is examined once, however often it is
 * compared, and gets a number that equal types share: types are graphs, and a small component can compare each of its
 * types with each other.
 */
export class TypeMatcher {
  readonly #identityOf: (resource: ResourceType) => unknown;
  readonly #numbers = new Map<ValueType, number>();
  /** Numbers of types, by a description of their contents. */
  readonly #shapes = new Map<string, number>();
  readonly #resources = new Map<unknown, number>();
  /**
   * Numbers of label lists, by list and by content. Instances of a component have types of their own that share one
   * list.
   */
  readonly #labels = new Map<readonly string[] | string, number>();

  /** @param identityOf returns the same value for resources that are the same */
  constructor(identityOf: (resource: ResourceType) => unknown) {
    this.#identityOf = identityOf;
  }

  isSameFunc({ tuple: a, result }: FuncType, b: FuncType): boolean {
    return this.#isSameParams(a, b.tuple) && this.#isSameOptional(result, b.result);
  }

  isSame(a: ValueType, b: ValueType): boolean {
    if (a === b) return true;
    if (a.kind !== b.kind) return false;
    return a.resource === undefined || b.resource === undefined
      ? this.#number(a) === this.#number(b)
      : this.#identityOf(a.resource) === this.#identityOf(b.resource);
  }

  /** Compares few parameters one by one: most are primitive types and handles, which need no number. */
  #isSameParams(a: ValueType, b: ValueType): boolean {
    const { of } = a;
    if (of.length !== b.of.length) return false;
    return of.length <= FLAT_LIMIT
      ? of.every((part, at) => this.#isSameOptional(part, b.of[at]))
      : this.#number(a) === this.#number(b);
  }

  #isSameOptional(a: ValueType | undefined, b: ValueType | undefined): boolean {
    return a === undefined || b === undefined ? a === b : this.isSame(a, b);
  }

  #numberOptional(type: ValueType | undefined): number | undefined {
    return type && this.#number(type);
  }

  #number(type: ValueType): number {
    const known = this.#numbers.get(type);
    if (known !== undefined) return known;
    const number = toNumber(this.#shapes, this.#describe(type));
    this.#numbers.set(type, number);
    return number;
  }

  /** A text that is the same for equal types. */
  #describe({ kind, labels, of, length, resource }: ValueType): string {
    const parts = of.map((part) => this.#numberOptional(part) ?? "_");
    const handle = resource && toNumber(this.#resources, this.#identityOf(resource));
    const isLabelled = labels.length > 0 && kind !== "tuple";
    return `${kind} ${length} ${handle} ${isLabelled && this.#numberLabels(labels)} ${parts.join()}`;
  }

  #numberLabels(labels: readonly string[]): number {
    const known = this.#labels.get(labels);
    if (known !== undefined) return known;
    const number = toNumber(this.#labels, labels.join());
    this.#labels.set(labels, number);
    return number;
  }
}

/** The number of the key, which is added to the table if necessary. */
function toNumber<K>(table: Map<K, number>, key: K): number {
  let number = table.get(key);
  if (number === undefined) table.set(key, (number = table.size));
  return number;
}

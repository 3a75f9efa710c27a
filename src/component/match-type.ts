/** Whether two types are the same. @see Explainer.md "Type Checking" */
import { FLAT_LIMIT } from "./types.ts";
import type { FuncType, ResourceType, ValueType } from "./types.ts";

/**
 * Compares what one component says with what another says: parts by their labels and order, resources as told.
 *
 * Names of parameters may differ: no code depends on them. Every type is looked at once, however often it is compared, and
 * gets the number of those that are the same: types are graphs, and a small component can compare each of its types with each.
 */
export class TypeMatcher {
  readonly #identityOf: (resource: ResourceType) => unknown;
  readonly #numbers = new Map<ValueType, number>();
  /** The numbers of types by what they are made of. */
  readonly #shapes = new Map<string, number>();
  readonly #resources = new Map<unknown, number>();
  /** By lists, which many types may share, since an instance of a component has types of its own, and by what they say. */
  readonly #labels = new Map<readonly string[] | string, number>();

  /** @param identityOf gives the same for resources that are the same */
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

  /** Of few, most are primitive types and handles, which need no number. */
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

  /** The same text for types that are the same. */
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

/** The number of what the table has, or of what comes into it. */
function toNumber<K>(table: Map<K, number>, key: K): number {
  let number = table.get(key);
  if (number === undefined) table.set(key, (number = table.size));
  return number;
}

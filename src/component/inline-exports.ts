/** A core instance that consists of entities of its scope, not of a module; collects them on first use. */
import { refuse } from "./cursor.ts";
import type { NamedItem, Sort } from "./definitions.ts";
import type { CoreExports, Scope } from "./scope.ts";

export class InlineExports implements CoreExports {
  readonly #scope: Scope;
  readonly #items: readonly NamedItem[];
  #found: Map<string, NamedItem> | undefined;
  #values: Record<string, unknown> | undefined;

  constructor(scope: Scope, items: readonly NamedItem[]) {
    this.#scope = scope;
    this.#items = items;
  }

  get(name: string, sort: Sort): unknown {
    this.#found ??= new Map(this.#items.map((item) => [item.name, item]));
    const item = this.#found.get(name);
    return item?.sort === sort
      ? this.#scope.get(sort, item.index)
      : refuse(`a core instance has no ${sort} "${name}"`);
  }

  get values(): Readonly<Record<string, unknown>> {
    if (this.#values !== undefined) return this.#values;
    // Names are arbitrary text, for instance "toString": the object must inherit nothing.
    const values = (this.#values = Object.create(null) as Record<string, unknown>);
    for (const { name, sort, index } of this.#items) values[name] = this.#scope.get(sort, index);
    return values;
  }
}

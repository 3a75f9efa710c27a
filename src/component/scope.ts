/** The index spaces of a component or a component's type, filled in the order of its definitions. */
import { damaged } from "./cursor.ts";
import type { Component, CoreModule, Declaration, Sort } from "./definitions.ts";
import type { FuncType, ResourceType, ValueType } from "./types.ts";

/** An instance or component type. Its declarations are resolved anew for each instance, in a scope within this one. */
export interface InterfaceType {
  readonly kind: "instance" | "component";
  readonly declarations: readonly Declaration[];
  readonly scope: Scope;
  /** Number of types that the scope had before, and that the declarations may refer to. */
  readonly outerTypes: number;
}

export type Type = ValueType | FuncType | ResourceType | InterfaceType;

/**
 * A function between components, or between a component and the host. Only the engine that created it knows what it
 * does.
 */
export interface Func {
  readonly type: FuncType;
}

/** A component with the scope in which it was defined, since its aliases reach outward. */
export interface ComponentClosure {
  readonly component: Component;
  readonly scope: Scope;
}

/** The exports of an instance by name. */
export type Exports = ReadonlyMap<string, Entity>;

/** The exports of a core instance; only the platform knows their values. */
export interface CoreExports {
  /** Refuses a name that is missing, or of another sort. */
  get(name: string, sort: Sort): unknown;
  /** All exports, as imports for a core module. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** The values in the index space of each sort. */
interface Spaces {
  readonly "core func": unknown;
  readonly "core table": unknown;
  readonly "core memory": unknown;
  readonly "core global": unknown;
  readonly "core tag": unknown;
  readonly "core type": undefined;
  readonly "core module": CoreModule;
  readonly "core instance": CoreExports;
  readonly func: Func;
  readonly value: never;
  readonly type: Type;
  readonly component: ComponentClosure;
  readonly instance: Exports;
}

export type Entity = {
  readonly [S in Sort]: { readonly sort: S; readonly value: Spaces[S] };
}[Sort];

export class Scope {
  readonly #spaces: { [S in Sort]?: Entity[] } = {};
  readonly parent: Scope | undefined;
  /** Number of the parent's types that a type may refer to; `undefined` for a component. */
  readonly outerTypes: number | undefined;

  constructor(parent: Scope | undefined, outerTypes?: number) {
    this.parent = parent;
    this.outerTypes = outerTypes;
  }

  add(entity: Entity): void {
    (this.#spaces[entity.sort] ??= []).push(entity);
  }

  count(sort: Sort): number {
    return this.#spaces[sort]?.length ?? 0;
  }

  get<S extends Sort>(sort: S, index: number): Spaces[S] {
    return this.getEntity(sort, index).value as Spaces[S];
  }

  getEntity(sort: Sort, index: number): Entity {
    return this.#spaces[sort]?.[index] ?? damaged(`it has no ${sort} ${index}`);
  }
}

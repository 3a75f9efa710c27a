/** The index spaces of a component or of a type that has declarations, filled in the order of its definitions. */
import { damaged } from "./cursor.ts";
import type { Component, CoreModule, Declaration, Sort } from "./definitions.ts";
import type { FuncType, ResourceType, ValueType } from "./types.ts";

/** What is declared is resolved anew for each instance, in a scope within this one. */
export interface InterfaceType {
  readonly kind: "instance" | "component";
  readonly declarations: readonly Declaration[];
  readonly scope: Scope;
  /** How many types the scope had before: it may refer to those. */
  readonly outerTypes: number;
}

export type Type = ValueType | FuncType | ResourceType | InterfaceType;

/** A function between components, or between a component and the host; the engine that made it knows its behaviour. */
export interface Func {
  readonly type: FuncType;
}

/** A component with where it was defined: its aliases reach outward. */
export interface ComponentClosure {
  readonly component: Component;
  readonly scope: Scope;
}

/** What an instance exports, by name. */
export type Exports = ReadonlyMap<string, Entity>;

/** What a core instance exports; what that is, is the platform's to say. */
export interface CoreExports {
  /** Refuses a name that is not there, or of another sort. */
  get(name: string, sort: Sort): unknown;
  /** All of them, as a core module is instantiated with. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What stands in an index space of each sort. */
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
  /** How many types of the parent may be referred to from within a type; `undefined` within a component. */
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

/** What the definitions of a component are carried out by: for real, to run it, or on paper, to know what it would do. */
import type { CoreModule, StringEncoding } from "./definitions.ts";
import type { ComponentInstance } from "./component-instance.ts";
import type { CoreExports, Exports, Func } from "./scope.ts";
import type { FuncType, ResourceType } from "./types.ts";

/** Where an import stands: the instance it is a part of, or nothing for one at the root. */
export interface ImportPlace {
  readonly interfaceName?: string;
  readonly name: string;
}

/** Canonical options with what their indices lead to. */
export interface CanonicalContext {
  readonly encoding: StringEncoding;
  readonly memory: unknown;
  readonly realloc: unknown;
  readonly postReturn: unknown;
}

export interface Engine {
  /** @param args core instances */
  instantiateCore(module: CoreModule, args: Exports): CoreExports;
  /** A function of this instance, as others call it. */
  lift(instance: ComponentInstance, core: unknown, context: CanonicalContext, type: FuncType): Func;
  /** A function of others, as core code of this instance calls it. */
  lower(instance: ComponentInstance, func: Func, context: CanonicalContext): unknown;
  createResource(instance: ComponentInstance, destructor: unknown): ResourceType;
  /** The core function of `resource.new` and its kin. */
  resourceFunc(
    instance: ComponentInstance,
    op: "resource.new" | "resource.drop" | "resource.rep",
    resource: ResourceType,
  ): unknown;
  /** A function of the host that the outermost component imports. */
  importFunc(place: ImportPlace, type: FuncType): Func;
  importResource(place: ImportPlace): ResourceType;
}

/**
 * The interface by which definitions are executed: for real, to run a component, or on paper, to find what it would do.
 */
import type { CoreModule, StringEncoding } from "./definitions.ts";
import type { ComponentInstance } from "./component-instance.ts";
import type { CoreExports, Exports, Func } from "./scope.ts";
import type { FuncType, ResourceType } from "./types.ts";

/** The place of an import: its interface, if it belongs to one, and its name. */
export interface ImportPlace {
  readonly interfaceName?: string;
  readonly name: string;
}

/** Canonical options, with indices resolved. */
export interface CanonicalContext {
  readonly encoding: StringEncoding;
  readonly memory: unknown;
  readonly realloc: unknown;
  readonly postReturn: unknown;
}

export interface Engine {
  /** @param args core instances */
  instantiateCore(module: CoreModule, args: Exports): CoreExports;
  /** Makes a function of this instance callable by others. */
  lift(instance: ComponentInstance, core: unknown, context: CanonicalContext, type: FuncType): Func;
  /** Makes a function of others callable by core code of this instance. */
  lower(instance: ComponentInstance, func: Func, context: CanonicalContext): unknown;
  createResource(instance: ComponentInstance, destructor: unknown): ResourceType;
  /** The core function of `resource.new`, `resource.drop` or `resource.rep`. */
  resourceFunc(
    instance: ComponentInstance,
    op: "resource.new" | "resource.drop" | "resource.rep",
    resource: ResourceType,
  ): unknown;
  /** A function of the host that the outermost component imports. */
  importFunc(place: ImportPlace, type: FuncType): Func;
  importResource(place: ImportPlace): ResourceType;
}

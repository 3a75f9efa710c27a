/** Instantiates a parsed component: the platform instantiates its core modules, closures connect them. */
import { toMessage } from "#base";
import type { Eventually } from "#base";
import { carryOut } from "./carry-out.ts";
import type { CoreValue } from "./codec.ts";
import { Codecs } from "./codecs.ts";
import { ComponentInstance } from "./component-instance.ts";
import { refuse } from "./cursor.ts";
import type { Component, CoreModule, Sort } from "./definitions.ts";
import type { CanonicalContext, Engine, ImportPlace } from "./engine.ts";
import { findHostDrop, findHostFunc, pick } from "./host-imports.ts";
import type { HostImports } from "./host-imports.ts";
import { toSuspending } from "./jspi.ts";
import { liftFunc } from "./lift.ts";
import type { LiftedFunc } from "./lift.ts";
import { lowerComponentFunc } from "./lower-component.ts";
import { createHostCall, lowerHostFunc } from "./lower-host.ts";
import type { HostFunc } from "./lower-host.ts";
import { toPascalCase, withoutVersion } from "./names.ts";
import { createComponentResource, createHostResource } from "./resources.ts";
import type { LiveResourceType } from "./resources.ts";
import type { CoreExports, Exports, Func } from "./scope.ts";
import { createTrap, toTrap, trap } from "./trap.ts";
import type { FuncType, ResourceType } from "./types.ts";

export interface InstantiateOptions {
  readonly imports: HostImports;
  /** Instantiates a core module, which may run its start function. The caller must bound the memory that it takes. */
  instantiateCore(module: CoreModule, imports: WebAssembly.Imports): WebAssembly.Instance;
  /**
   * Host functions that may return a promise, which suspends the component: `interface#function`, without versions.
   * Without any, no function is made to suspend.
   */
  readonly suspending?: ReadonlySet<string> | undefined;
}

/**
 * A function that a component exports, for the host. A function whose type has a `result` returns it as `{ tag, val }`.
 *
 * It returns a promise if it may suspend. After a trap, every call traps.
 */
export type ExportedFunc = (...args: unknown[]) => Eventually<unknown>;

/** The exports of a component, by their names in the component. */
export interface ComponentExports {
  /**
   * A function of an exported interface or, without `interfaceName`, of the component itself.
   *
   * Methods and constructors have names such as `[method]file.read`; they take and return resources as `OwnedResource`.
   */
  func(interfaceName: string | undefined, name: string): ExportedFunc | undefined;
}

/**
 * Carries out all of the component's definitions, and runs the start functions of its core modules.
 *
 * @param component one that `surveyComponent` has accepted: this function does not check bounds, names and types again
 * @throws {Exception} `failed` when definitions are inconsistent, or an import is missing, which the message names
 * @throws {WebAssembly.RuntimeError} when a start function traps
 */
export function instantiateComponent(
  component: Component,
  options: InstantiateOptions,
): ComponentExports {
  const codecs = new Codecs("host");
  const exports = carryOut(component, new Linker(options));
  return {
    func(interfaceName, name) {
      let found = exports.get(interfaceName ?? name);
      if (interfaceName !== undefined) {
        found = found?.sort === "instance" ? found.value.get(name) : undefined;
      }
      if (found?.sort !== "func") return undefined;
      const live = found.value as LiveFunc;
      if (isHostFunc(live)) return (...args) => live.find()(...args);
      const call = live.bind(undefined, codecs, live.suspends);
      return (...args) => call(args);
    },
  };
}

/**
 * Warms up the engine: links the imports of a component without running it. Instantiating a component with the same
 * imports afterwards takes a fifth of the time.
 *
 * @param component a component that imports functions of the host, and has no core modules
 */
export function rehearse(
  component: Component,
  options: Pick<InstantiateOptions, "imports" | "suspending">,
): void {
  const linker = new Linker({ ...options, instantiateCore: () => trap("nothing is run here") });
  const instance = new ComponentInstance(undefined);
  const context: CanonicalContext = {
    encoding: "utf8",
    memory: undefined,
    realloc: undefined,
    postReturn: undefined,
  };
  const codecs = new Codecs("component");
  // The first module of a thread takes longer than others, and so does the first trap, so one is made now.
  createTrap("rehearsed");
  for (const { value } of carryOut(component, linker).values()) {
    if (!(value instanceof Map)) continue;
    for (const entity of (value as Exports).values()) {
      if (entity.sort !== "func") continue;
      linker.lower(instance, entity.value, context);
      createHostCall(instance, entity.value as HostFunc, context, codecs);
      codecs.get(entity.value.type.tuple);
      codecs.get(entity.value.type.result);
    }
  }
}

/** Every function of a running component is one of these two. */
type LiveFunc = HostFunc | LiftedFunc;

function isHostFunc(func: LiveFunc): func is HostFunc {
  return "find" in func;
}

class Linker implements Engine {
  readonly #options: InstantiateOptions;
  readonly #codecs = new Codecs("component");
  /** The host's interfaces, by the versioned names that the component uses. */
  readonly #hosts = new Map<string, { readonly name: string; readonly given: unknown }>();
  /** Two versions of one imported interface share their resource types. */
  readonly #hostResources = new Map<string, LiveResourceType>();

  constructor(options: InstantiateOptions) {
    this.#options = options;
  }

  instantiateCore(module: CoreModule, args: Exports): CoreExports {
    const imports: Record<string, WebAssembly.ModuleImports> = Object.create(null);
    for (const [name, { value }] of args) {
      imports[name] = (value as CoreExports).values as WebAssembly.ModuleImports;
    }
    let values: WebAssembly.Exports;
    try {
      values = this.#options.instantiateCore(module, imports).exports;
    } catch (reason) {
      // The engine's message names the import that is missing or has the wrong type.
      if (reason instanceof TypeError || reason instanceof WebAssembly.LinkError) {
        refuse(`a core module cannot be linked: ${toMessage(reason)}`, reason);
      }
      throw toTrap(reason);
    }
    return {
      values,
      get(name, sort) {
        const value = Object.hasOwn(values, name) ? values[name] : undefined;
        return isOfSort(value, sort) ? value : refuse(`a core instance has no ${sort} "${name}"`);
      },
    };
  }

  lift(
    instance: ComponentInstance,
    core: unknown,
    context: CanonicalContext,
    type: FuncType,
  ): Func {
    return liftFunc(instance, core, context, type);
  }

  lower(instance: ComponentInstance, func: Func, context: CanonicalContext): unknown {
    const live = func as LiveFunc;
    const { suspends } = live;
    const lowered = isHostFunc(live)
      ? lowerHostFunc(instance, live, context, this.#codecs)
      : lowerComponentFunc(instance, live, context, this.#codecs);
    return suspends ? suspend(instance, lowered) : lowered;
  }

  createResource(instance: ComponentInstance, destructor: unknown): ResourceType {
    return createComponentResource(instance, destructor as ((rep: unknown) => void) | undefined);
  }

  resourceFunc(
    instance: ComponentInstance,
    op: "resource.new" | "resource.drop" | "resource.rep",
    resource: ResourceType,
  ): unknown {
    switch (op) {
      case "resource.new":
        return (rep: CoreValue) => {
          instance.requireLeave();
          return instance.add(resource, Number(rep) | 0, true);
        };
      case "resource.rep":
        return (index: CoreValue) => instance.get(resource, Number(index) >>> 0).rep;
      case "resource.drop":
        return (index: CoreValue) => {
          instance.requireLeave();
          const { own, rep, scope } = instance.remove(resource, Number(index) >>> 0);
          if (own) (resource as LiveResourceType).destroy(rep, instance);
          else if (scope !== undefined) scope.borrows--;
        };
    }
  }

  importFunc({ interfaceName, name }: ImportPlace, type: FuncType): Func {
    const { suspending } = this.#options;
    const host = this.#findHost(interfaceName);
    const func: HostFunc = {
      type,
      suspends: suspending?.has(`${host.name}#${name}`) ?? false,
      find: () =>
        findHostFunc(host.given, name) ??
        (() => trap(`the host has no function "${name}" of "${host.name}"`)),
    };
    return func;
  }

  importResource(place: ImportPlace): ResourceType {
    const { name, given } = this.#findHost(place.interfaceName);
    const key = `${name}#${place.name}`;
    let resource = this.#hostResources.get(key);
    if (resource === undefined) {
      resource = createHostResource(place.name, () => findHostDrop(given, place.name));
      this.#hostResources.set(key, resource);
    }
    return resource;
  }

  #findHost(interfaceName = ""): { readonly name: string; readonly given: unknown } {
    let host = this.#hosts.get(interfaceName);
    if (host === undefined) {
      const name = withoutVersion(interfaceName);
      host = { name, given: pick(this.#options.imports, name) };
      this.#hosts.set(interfaceName, host);
    }
    return host;
  }
}

function suspend(instance: ComponentInstance, lowered: (...flat: never[]) => unknown): object {
  instance.suspends = true;
  return toSuspending((...flat) => {
    // Checked here, since the engine would throw an error that core code can catch, and the promise would settle later
    // at any time.
    if (!instance.mayWait) {
      trap("it would have to wait where it cannot: while it starts, or drops a resource");
    }
    return lowered(...flat);
  });
}

function isOfSort(value: unknown, sort: Sort): boolean {
  if (sort === "core func") return typeof value === "function";
  // Memories, tables, globals and tags.
  const classes = WebAssembly as unknown as Readonly<Record<string, new () => object>>;
  const made = classes[toPascalCase(sort.slice("core ".length))];
  return made !== undefined && value instanceof made;
}

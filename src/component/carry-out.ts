/**
 * Carries out the definitions of a component, one after the other, as an engine does each.
 *
 * This is where indices lead somewhere or not, and where all counts are bounded: components that instantiate others are
 * programs without loops, but each can double what the one before it did.
 *
 * @see Explainer.md "Component Definitions"
 */
import { damaged, refuse } from "./cursor.ts";
import { ComponentInstance } from "./component-instance.ts";
import { checkLift, checkLower } from "./check-canon.ts";
import { defineFuncType, defineValueType, getFuncType, getResource } from "./define-type.ts";
import type {
  CanonicalOptions,
  Component,
  Definition,
  ExternType,
  NamedItem,
  Sort,
  TypeDefinition,
} from "./definitions.ts";
import type { CanonicalContext, Engine, ImportPlace } from "./engine.ts";
import { INSTANCES_LIMIT, STEPS_LIMIT } from "./limits.ts";
import { uniqueKey } from "./names.ts";
import { Scope } from "./scope.ts";
import type { CoreExports, Entity, Exports } from "./scope.ts";
import type { InterfaceType, Type } from "./types.ts";

/** What the outermost component exports, once all of its definitions were carried out by the engine. */
export function carryOut(component: Component, engine: Engine): Exports {
  return new Run(engine).instantiate({
    component,
    outer: undefined,
    parent: undefined,
    args: undefined,
  });
}

/** A component that is being instantiated, or a type whose declarations are gone through. */
interface Frame {
  readonly scope: Scope;
  /** Nothing within types: they define nothing that runs. */
  readonly instance: ComponentInstance | undefined;
  /** What it was given; nothing for the outermost component, which is given what the engine imports. */
  readonly args: Exports | undefined;
  readonly exports: Map<string, Entity>;
  /** Names of imports and exports, as those of one scope must differ. */
  readonly imported: Set<string>;
  readonly exported: Set<string>;
}

class Run {
  readonly #engine: Engine;
  #steps = 0;
  #coreInstances = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  instantiate(of: {
    readonly component: Component;
    readonly outer: Scope | undefined;
    readonly parent: ComponentInstance | undefined;
    readonly args: Exports | undefined;
  }): Exports {
    this.#engine.enterComponent();
    const frame = createFrame(of.outer, new ComponentInstance(of.parent), of.args);
    for (const definition of of.component.definitions) this.#carryOut(frame, definition);
    return frame.exports;
  }

  #carryOut(frame: Frame, definition: Definition): void {
    const { scope } = frame;
    if (++this.#steps > STEPS_LIMIT) refuse(`its definitions take more than ${STEPS_LIMIT} steps`);
    switch (definition.op) {
      case "core module":
        return scope.add("core module", definition.module);
      case "core type":
        return scope.add("core type", undefined);
      case "core instantiate": {
        const module = scope.get("core module", definition.module);
        return scope.add("core instance", this.#instantiateCore(scope, module, definition.args));
      }
      case "core exports":
        return scope.add("core instance", gatherCore(scope, definition.items));
      case "core alias": {
        if (!definition.sort.startsWith("core ")) damaged();
        const core = scope.get("core instance", definition.instance);
        const value = core.get(definition.name, definition.sort);
        return scope.addEntity({ sort: definition.sort, value } as Entity);
      }
      case "alias": {
        const found = scope.get("instance", definition.instance).get(definition.name);
        if (found?.sort !== definition.sort) {
          refuse(`an instance has no ${definition.sort} of the name "${definition.name}"`);
        }
        return scope.addEntity(found);
      }
      case "outer alias":
        return scope.addEntity(findOuter(scope, definition));
      case "component":
        return scope.add("component", { component: definition.component, scope });
      case "instantiate": {
        const { component, scope: outer } = scope.get("component", definition.component);
        const args = gather(scope, definition.args);
        const made = this.instantiate({ component, outer, parent: frame.instance, args });
        return scope.add("instance", made);
      }
      case "exports":
        return scope.add("instance", gather(scope, definition.items));
      case "type":
        return scope.add("type", this.#defineType(frame, definition.type));
      case "import":
        claimName(frame.imported, definition.name);
        return scope.addEntity(this.#import(frame, definition));
      case "export": {
        claimName(frame.exported, definition.name);
        const entity = scope.getEntity(definition.sort, definition.index);
        frame.exports.set(definition.name, entity);
        return scope.addEntity(entity);
      }
      case "export declaration":
        return damaged();
      case "lift": {
        const type = getFuncType(scope, definition.type);
        checkLift(type, definition.options);
        const core = scope.get("core func", definition.core);
        const context = findContext(scope, definition.options);
        return scope.add("func", this.#engine.lift(instanceOf(frame), core, context, type));
      }
      case "lower": {
        const func = scope.get("func", definition.func);
        checkLower(func.type, definition.options);
        const context = findContext(scope, definition.options);
        return scope.add("core func", this.#engine.lower(instanceOf(frame), func, context));
      }
      case "resource.new":
      case "resource.drop":
      case "resource.rep": {
        const resource = getResource(scope, definition.type);
        const instance = instanceOf(frame);
        if (definition.op !== "resource.drop" && resource.owner !== instance) {
          refuse(`"${definition.op}" of a resource that the component does not define`);
        }
        const func = this.#engine.resourceFunc(instance, definition.op, resource);
        return scope.add("core func", func);
      }
    }
  }

  #instantiateCore(
    scope: Scope,
    module: Parameters<Engine["instantiateCore"]>[0],
    given: ReadonlyArray<readonly [string, number]>,
  ): CoreExports {
    if (++this.#coreInstances > INSTANCES_LIMIT) {
      refuse(`it makes more than ${INSTANCES_LIMIT} core instances`);
    }
    const args = new Map<string, CoreExports>();
    for (const [name, index] of given) {
      if (args.has(name)) refuse(`a core module is given "${name}" twice`);
      args.set(name, scope.get("core instance", index));
    }
    return this.#engine.instantiateCore(module, args);
  }

  #defineType({ scope, instance }: Frame, type: TypeDefinition): Type {
    if (type.kind === "func") return defineFuncType(scope, type);
    if ("declarations" in type) return { ...type, scope };
    if (type.kind !== "resource") return defineValueType(scope, type);
    const { destructor } = type;
    if (instance === undefined) return damaged();
    const func = destructor === undefined ? undefined : scope.get("core func", destructor);
    return this.#engine.createResource(instance, func);
  }

  #import(
    frame: Frame,
    { name, type }: { readonly name: string; readonly type: ExternType },
  ): Entity {
    if (frame.instance === undefined) return damaged();
    if (frame.args === undefined) {
      return this.#importFromHost(frame.scope, { interfaceName: undefined, name }, type);
    }
    const given = frame.args.get(name);
    if (given === undefined) refuse(`a component within it is not given "${name}"`);
    if (given.sort !== type.sort) {
      refuse(`a component within it is given a ${given.sort} as "${name}", not a ${type.sort}`);
    }
    return given;
  }

  #importFromHost(scope: Scope, place: ImportPlace, type: ExternType): Entity {
    switch (type.sort) {
      case "func":
        return {
          sort: "func",
          value: this.#engine.importFunc(place, getFuncType(scope, type.type)),
        };
      case "type":
        return {
          sort: "type",
          value:
            type.eq === undefined ? this.#engine.importResource(place) : scope.get("type", type.eq),
        };
      case "instance": {
        const declared = scope.get("type", type.type);
        if (declared.kind !== "instance" || place.interfaceName !== undefined) {
          return refuse(`its import "${place.name}" is not an instance of functions and types`);
        }
        return { sort: "instance", value: this.#importInstance(place.name, declared) };
      }
      case "core module":
      case "component":
        return refuse(`its import "${place.name}" is a ${type.sort}, which no host gives`);
    }
  }

  /** What the host gives, typed as the component declares it. */
  #importInstance(interfaceName: string, { declarations, scope: outer }: InterfaceType): Exports {
    this.#engine.importInterface(interfaceName);
    const frame = createFrame(outer, undefined, undefined);
    for (const declaration of declarations) {
      if (declaration.op !== "export declaration") {
        this.#carryOut(frame, declaration);
        continue;
      }
      const { name, type } = declaration;
      claimName(frame.exported, name);
      const entity = this.#importFromHost(frame.scope, { interfaceName, name }, type);
      frame.exports.set(name, entity);
      frame.scope.addEntity(entity);
    }
    return frame.exports;
  }
}

function createFrame(
  outer: Scope | undefined,
  instance: ComponentInstance | undefined,
  args: Exports | undefined,
): Frame {
  const scope = new Scope(outer, instance !== undefined);
  return { scope, instance, args, exports: new Map(), imported: new Set(), exported: new Set() };
}

function instanceOf({ instance }: Frame): ComponentInstance {
  return instance ?? damaged();
}

function gather(scope: Scope, items: readonly NamedItem[]): Exports {
  const exports = new Map<string, Entity>();
  const names = new Set<string>();
  for (const { name, sort, index } of items) {
    claimName(names, name);
    exports.set(name, scope.getEntity(sort, index));
  }
  return exports;
}

function gatherCore(scope: Scope, items: readonly NamedItem[]): CoreExports {
  const sorts = new Map<string, Sort>();
  // A name is any text, that of what objects inherit too.
  const values: Record<string, unknown> = Object.create(null);
  for (const { name, sort, index } of items) {
    if (sorts.has(name)) refuse(`a core instance exports "${name}" twice`);
    sorts.set(name, sort);
    values[name] = scope.get(sort, index);
  }
  return {
    values,
    get: (name, sort) =>
      sorts.get(name) === sort ? values[name] : refuse(`a core instance has no ${sort} "${name}"`),
  };
}

function claimName(names: Set<string>, name: string): void {
  const key = uniqueKey(name);
  if (names.has(key)) refuse(`it has two parts of the name "${name}"`);
  names.add(key);
}

function findOuter(
  scope: Scope,
  { sort, count, index }: Extract<Definition, { op: "outer alias" }>,
): Entity {
  let from: Scope | undefined = scope;
  for (let left = count; left > 0 && from !== undefined; left--) from = from.parent;
  if (from === undefined) return damaged(`an alias reaches ${count} components outward`);
  return from.getEntity(sort, index);
}

function findContext(scope: Scope, options: CanonicalOptions): CanonicalContext {
  const find = (sort: "core memory" | "core func", index: number | undefined): unknown =>
    index === undefined ? undefined : scope.get(sort, index);
  return {
    encoding: options.encoding,
    memory: find("core memory", options.memory),
    realloc: find("core func", options.realloc),
    postReturn: find("core func", options.postReturn),
  };
}

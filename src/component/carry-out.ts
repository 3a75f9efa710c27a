/**
 * Carries out the definitions of a component, one after the other, as an engine does each.
 *
 * This is where indices lead somewhere or not, and where all counts are bounded.
 *
 * @see Explainer.md "Component Definitions"
 */
import { Budget } from "./budget.ts";
import { ComponentInstance } from "./component-instance.ts";
import { refuse } from "./cursor.ts";
import { declareExports, findAlias, findOuter } from "./declare.ts";
import type { Give, NameChecks } from "./declare.ts";
import { defineFuncType, defineValueType, getFuncType, getResource } from "./define-type.ts";
import type {
  CanonicalOptions,
  Component,
  CoreModule,
  Definition,
  ExternType,
  NamedItem,
  TypeDefinition,
} from "./definitions.ts";
import type { CanonicalContext, Engine, ImportPlace } from "./engine.ts";
import { createLateEntity, Scope } from "./scope.ts";
import type { ComponentClosure, CoreExports, Entity, Exports, Func } from "./scope.ts";
import type { FuncType, InterfaceType, ResourceType, Type } from "./types.ts";

/** What is asked of a component beyond what its instances need; nothing, where it was asked before. */
export interface Checks extends NameChecks {
  readonly budget: Budget;
  /** Told of each component that is defined within. */
  checkComponent(closure: ComponentClosure): void;
  checkType(type: InterfaceType): void;
  /** Told of each canonical function. */
  checkLift(type: FuncType, options: CanonicalOptions): void;
  checkLower(type: FuncType, options: CanonicalOptions): void;
  /** Told of what is imported from or exported by a component within, with the type declared for it. */
  checkEntity(scope: Scope, name: string, type: ExternType, entity: Entity): void;
}

/** What the outermost component exports, once all of its definitions were carried out by the engine. */
export function carryOut(component: Component, engine: Engine, checks?: Checks): Exports {
  const budget = checks?.budget ?? new Budget(true);
  const give: Give = (scope, name, type) =>
    importFromHost({ engine, budget, checks }, scope, { interfaceName: undefined, name }, type);
  return new Run(engine, give, budget, checks).instantiate(
    { component, scope: undefined },
    undefined,
    undefined,
  );
}

/** A component that is being instantiated. */
interface Frame {
  readonly scope: Scope;
  readonly instance: ComponentInstance;
  /** What it was given; nothing for the outermost component, which imports. */
  readonly args: Exports | undefined;
  readonly exports: Map<string, Entity>;
}

export class Run {
  readonly #engine: Engine;
  readonly #give: Give;
  readonly #budget: Budget;
  readonly #checks: Checks | undefined;

  /** @param give gives the imports of a component that is instantiated without arguments */
  constructor(engine: Engine, give: Give, budget: Budget, checks: Checks | undefined) {
    this.#engine = engine;
    this.#give = give;
    this.#budget = budget;
    this.#checks = checks;
  }

  instantiate(
    {
      component,
      scope: outer,
    }: { readonly component: Component; readonly scope: Scope | undefined },
    parent: ComponentInstance | undefined,
    args: Exports | undefined,
  ): Exports {
    this.#engine.enterComponent();
    const frame: Frame = {
      scope: new Scope(outer, true),
      instance: new ComponentInstance(parent),
      args,
      exports: new Map(),
    };
    const { definitions } = component;
    let at = 0;
    for (const definition of definitions) {
      this.#budget.step(definition);
      this.#carryOut(frame, definition, definitions[++at]);
    }
    if (parent !== undefined) frame.instance.name = frame.exports.keys().next().value;
    return frame.exports;
  }

  #carryOut(frame: Frame, definition: Definition, next: Definition | undefined): void {
    const { scope, instance } = frame;
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
        const core = scope.get("core instance", definition.instance);
        const value = core.get(definition.name, definition.sort);
        return scope.addEntity({ sort: definition.sort, value } as Entity);
      }
      case "alias":
        return scope.addEntity(findAlias(scope, definition));
      case "outer alias":
        return scope.addEntity(findOuter(scope, definition, this.#checks));
      case "component": {
        const closure = { component: definition.component, scope };
        this.#checks?.checkComponent(closure);
        return scope.add("component", closure);
      }
      case "instantiate": {
        const closure = scope.get("component", definition.component);
        const args = gather(scope, definition.args, undefined);
        return scope.add("instance", this.instantiate(closure, instance, args));
      }
      case "exports":
        return scope.add("instance", gather(scope, definition.items, this.#checks));
      case "type":
        this.#checks?.checkLabels(definition.type);
        return scope.add("type", this.#defineType(frame, definition.type, next));
      case "import":
        this.#checks?.checkImport(scope, definition.name);
        return scope.addEntity(this.#import(frame, definition.name, definition.type));
      case "export": {
        const { name, type } = definition;
        this.#checks?.checkExport(frame.exports, name);
        const entity = scope.getEntity(definition.sort, definition.index);
        if (type !== undefined) this.#checks?.checkEntity(scope, name, type, entity);
        frame.exports.set(name, entity);
        return scope.addEntity(entity);
      }
      case "export declaration": {
        // Of a component that is only known by its type.
        const entity = this.#give(scope, definition.name, definition.type);
        frame.exports.set(definition.name, entity);
        return scope.addEntity(entity);
      }
      case "lift": {
        const type = getFuncType(scope, definition.type);
        this.#checks?.checkLift(type, definition.options);
        const core = scope.get("core func", definition.core);
        const context = findContext(scope, definition.options);
        return scope.add("func", this.#engine.lift(instance, core, context, type));
      }
      case "lower": {
        const func = scope.get("func", definition.func);
        this.#checks?.checkLower(func.type, definition.options);
        const context = findContext(scope, definition.options);
        return scope.add("core func", this.#engine.lower(instance, func, context));
      }
      case "resource.new":
      case "resource.drop":
      case "resource.rep": {
        const resource = getResource(scope, definition.type);
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
    module: CoreModule,
    given: ReadonlyArray<readonly [string, number]>,
  ): CoreExports {
    this.#budget.coreInstance();
    const args = new Map<string, CoreExports>();
    for (const [name, index] of given) {
      if (args.has(name)) refuse(`a core module is given "${name}" twice`);
      args.set(name, scope.get("core instance", index));
    }
    return this.#engine.instantiateCore(module, args);
  }

  #defineType(
    { scope, instance, args }: Frame,
    type: TypeDefinition,
    next: Definition | undefined,
  ): Type {
    if (type.kind === "func") return defineFuncType(scope, type);
    if ("declarations" in type) {
      const index = scope.count("type");
      const declared: InterfaceType = { ...type, scope, outerTypes: index };
      // Most interfaces are imported at once, and checked when they are given.
      const isGiven = args === undefined && isImportOf(next, index);
      if (!isGiven) this.#checks?.checkType(declared);
      return declared;
    }
    if (type.kind !== "resource") return defineValueType(scope, type);
    const { destructor } = type;
    const func = destructor === undefined ? undefined : scope.get("core func", destructor);
    return this.#engine.createResource(instance, func);
  }

  #import({ scope, args }: Frame, name: string, type: ExternType): Entity {
    if (args === undefined) return this.#give(scope, name, type);
    const given = args.get(name);
    if (given === undefined) refuse(`a component within it is not given "${name}"`);
    if (given.sort !== type.sort) {
      refuse(`a component within it is given a ${given.sort} as "${name}", not a ${type.sort}`);
    }
    this.#checks?.checkEntity(scope, name, type, given);
    return given;
  }
}

function isImportOf(definition: Definition | undefined, type: number): boolean {
  if (definition?.op !== "import" || definition.type.sort !== "instance") return false;
  return definition.type.type === type;
}

interface Importing {
  readonly engine: Engine;
  readonly budget: Budget;
  readonly checks: Checks | undefined;
}

function importFromHost(
  importing: Importing,
  scope: Scope,
  place: ImportPlace,
  type: ExternType,
): Entity {
  const { engine, budget, checks } = importing;
  switch (type.sort) {
    case "func": {
      const resolve = (): Func => engine.importFunc(place, getFuncType(scope, type.type));
      return checks === undefined
        ? createLateEntity("func", resolve)
        : { sort: "func", value: resolve() };
    }
    case "type": {
      if (type.eq === undefined) {
        const resolve = (): ResourceType => engine.importResource(place);
        return checks === undefined
          ? createLateEntity("type", resolve)
          : { sort: "type", value: resolve() };
      }
      const entity = scope.getEntity("type", type.eq);
      if (checks !== undefined) engine.importType(place, entity.value as Type);
      return entity;
    }
    case "instance": {
      const declared = scope.get("type", type.type);
      if (declared.kind !== "instance" || place.interfaceName !== undefined) {
        return refuse(`its import "${place.name}" is not an instance of functions and types`);
      }
      engine.importInterface(place.name);
      const give: Give = (inner, name, innerType) =>
        importFromHost(importing, inner, { interfaceName: place.name, name }, innerType);
      return { sort: "instance", value: declareExports(declared, give, budget, checks) };
    }
    case "core module":
    case "component":
      return refuse(`its import "${place.name}" is a ${type.sort}, which no host gives`);
  }
}

function gather(
  scope: Scope,
  items: readonly NamedItem[],
  checks: NameChecks | undefined,
): Exports {
  const exports = new Map<string, Entity>();
  for (const { name, sort, index } of items) {
    checks?.checkExport(exports, name);
    if (exports.has(name)) refuse(`it gives "${name}" twice`);
    exports.set(name, scope.getEntity(sort, index));
  }
  return exports;
}

function gatherCore(scope: Scope, items: readonly NamedItem[]): CoreExports {
  const entities = new Map<string, Entity>();
  for (const { name, sort, index } of items) {
    if (entities.has(name)) refuse(`a core instance exports "${name}" twice`);
    entities.set(name, scope.getEntity(sort, index));
  }
  return {
    get values() {
      // A name is any text, that of what objects inherit too.
      const values: Record<string, unknown> = Object.create(null);
      for (const [name, { value }] of entities) values[name] = value;
      return values;
    },
    get(name, sort) {
      const found = entities.get(name);
      return found?.sort === sort
        ? found.value
        : refuse(`a core instance has no ${sort} "${name}"`);
    },
  };
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

/**
 * Carries out the definitions of a component one after the other; an engine executes each.
 *
 * Every index is resolved here. `Checks` validates everything else once, in the survey; only components that passed are
 * instantiated.
 *
 * @see Explainer.md "Component Definitions"
 */
import { ComponentInstance } from "./component-instance.ts";
import { damaged, refuse } from "./cursor.ts";
import { defineFuncType, defineValueType, getTypeOf } from "./define-type.ts";
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
import { InlineExports } from "./inline-exports.ts";
import { Scope } from "./scope.ts";
import type { ComponentClosure, Entity, Exports, Func, InterfaceType, Type } from "./scope.ts";

/** Validation beyond resolving indices; absent for a component that was validated before. */
export interface Checks {
  /** Called before each definition or declaration is carried out, every time. */
  checkDefinition(frame: Frame, definition: Definition, next: Definition | undefined): void;
  /** Called for each type definition. */
  checkType(type: Type): void;
  /** Called for each import and export that has a declared type, except imports that the host supplies. */
  checkEntity(scope: Scope, name: string, type: ExternType, entity: Entity): void;
}

/** Supplies an import, or an export that is only declared. The indices in its type refer to the scope. */
export type Give = (scope: Scope, name: string, type: ExternType) => Entity;

/** The way in which definitions are carried out: the engine, the imports and the checks. */
export interface Way {
  readonly engine: Engine;
  /** Supplies the imports of the outermost component, and the exports that types declare. */
  readonly give: Give;
  readonly checks: Checks | undefined;
}

/**
 * One activation: of a component that is being instantiated, or of a component or instance type that is being walked.
 */
export interface Frame {
  readonly scope: Scope;
  /** `undefined` in a type. */
  readonly instance: ComponentInstance | undefined;
  /** The arguments of the instantiation; `undefined` for the outermost component, whose imports `give` supplies. */
  readonly args: Exports | undefined;
  readonly exports: Map<string, Entity>;
}

/** Carries out all definitions of the outermost component. @returns its exports */
export function carryOut(component: Component, engine: Engine, checks?: Checks): Exports {
  const give: Give = (scope, name, type) => importFromHost(way, { scope, name }, type);
  const way: Way = { engine, give, checks };
  return instantiate(way, { component, scope: undefined }, undefined, undefined);
}

export function instantiate(
  way: Way,
  closure: { readonly component: Component; readonly scope: Scope | undefined },
  parent: ComponentInstance | undefined,
  args: Exports | undefined,
): Exports {
  const instance = new ComponentInstance(parent);
  const scope = new Scope(closure.scope);
  const { definitions } = closure.component;
  const exports = goThrough(way, { scope, instance, args, exports: new Map() }, definitions);
  if (parent !== undefined) instance.name = exports.keys().next().value;
  return exports;
}

/** The exports that an instance type declares, each supplied by `give`. */
export function declareExports(
  way: Way,
  { declarations, scope: outer, outerTypes }: InterfaceType,
): Exports {
  const scope = new Scope(outer, outerTypes);
  const frame = { scope, instance: undefined, args: undefined, exports: new Map() };
  return goThrough(way, frame, declarations);
}

function goThrough(way: Way, frame: Frame, definitions: readonly Definition[]): Exports {
  const { checks } = way;
  const { scope } = frame;
  for (let at = 0; at < definitions.length; at++) {
    const definition = definitions[at] as Definition;
    checks?.checkDefinition(frame, definition, definitions[at + 1]);
    scope.add(toEntity(way, frame, definition));
  }
  return frame.exports;
}

/** The entity that a definition appends to the index space of its sort. */
function toEntity(way: Way, frame: Frame, definition: Definition): Entity {
  const { engine, give, checks } = way;
  const { scope, args, exports } = frame;
  const instance = frame.instance as ComponentInstance;
  switch (definition.op) {
    case "core module":
      return { sort: definition.op, value: definition.module };
    case "core type":
      return { sort: definition.op, value: undefined };
    case "core instantiate": {
      const module = scope.get("core module", definition.of);
      const supplied = gather(scope, definition.args);
      return { sort: "core instance", value: engine.instantiateCore(module, supplied) };
    }
    case "core exports":
      return { sort: "core instance", value: new InlineExports(scope, definition.items) };
    case "core alias": {
      const { sort, name } = definition;
      return {
        sort,
        value: scope.get("core instance", definition.instance).get(name, sort),
      } as Entity;
    }
    case "alias": {
      const { sort, name } = definition;
      const found = scope.get("instance", definition.instance).get(name);
      return found?.sort === sort ? found : refuse(`an instance has no ${sort} named "${name}"`);
    }
    case "outer alias": {
      let from: Scope | undefined = scope;
      for (let left = definition.count; left > 0 && from !== undefined; left--) from = from.parent;
      return (from ?? damaged()).getEntity(definition.sort, definition.index);
    }
    case "component":
      return { sort: definition.op, value: { component: definition.component, scope } };
    case "instantiate": {
      const closure: ComponentClosure = scope.get("component", definition.of);
      const supplied = gather(scope, definition.args);
      return { sort: "instance", value: instantiate(way, closure, instance, supplied) };
    }
    case "exports":
      return { sort: "instance", value: gather(scope, definition.items) };
    case "type":
      return find(way, "type", findType, frame, definition.type);
    case "import": {
      const { name, type } = definition;
      if (args === undefined) return give(scope, name, type);
      const entity =
        args.get(name) ?? refuse(`a nested component does not get its import "${name}"`);
      checks?.checkEntity(scope, name, type, entity);
      return entity;
    }
    case "export": {
      const { name, type } = definition;
      const entity = scope.getEntity(definition.sort, definition.index);
      if (type !== undefined) checks?.checkEntity(scope, name, type, entity);
      exports.set(name, entity);
      return entity;
    }
    case "export declaration": {
      const entity = give(scope, definition.name, definition.type);
      exports.set(definition.name, entity);
      return entity;
    }
    case "lift": {
      const type = getTypeOf("func", scope, definition.type);
      const core = scope.get("core func", definition.core);
      const context = findContext(scope, definition.options);
      return { sort: "func", value: engine.lift(instance, core, context, type) };
    }
    case "lower": {
      const func = scope.get("func", definition.func);
      const context = findContext(scope, definition.options);
      return { sort: "core func", value: engine.lower(instance, func, context) };
    }
    case "resource.new":
    case "resource.drop":
    case "resource.rep": {
      const resource = getTypeOf("resource", scope, definition.type);
      return { sort: "core func", value: engine.resourceFunc(instance, definition.op, resource) };
    }
  }
}

/**
 * A type or function that is resolved on first use: a program uses few of those that its interfaces declare.
 */
class LateEntity<At, Source> {
  readonly sort: "type" | "func";
  readonly #way: Way;
  readonly #find: Find<At, Source>;
  readonly #at: At;
  readonly #source: Source;
  #value: Type | Func | undefined;

  constructor(way: Way, sort: "type" | "func", find: Find<At, Source>, at: At, source: Source) {
    this.sort = sort;
    this.#way = way;
    this.#find = find;
    this.#at = at;
    this.#source = source;
  }

  get value(): Type | Func {
    return (this.#value ??= this.#find(this.#way, this.#at, this.#source));
  }
}

/**
 * Functions that find a late entity's value. They take arguments, since a closure would have to be created for each
 * declared type and function.
 */
type Find<At, Source> = (way: Way, at: At, source: Source) => Type | Func;

/** While a component is checked, resolves every entity at once: errors in unused ones would go unnoticed otherwise. */
function find<At, Source>(
  way: Way,
  sort: "type" | "func",
  find: Find<At, Source>,
  at: At,
  source: Source,
): Entity {
  const entity =
    way.checks === undefined
      ? new LateEntity(way, sort, find, at, source)
      : { sort, value: find(way, at, source) };
  return entity as Entity;
}

function findType(way: Way, frame: Frame, definition: TypeDefinition): Type {
  const type = defineType(way.engine, frame, definition);
  way.checks?.checkType(type);
  return type;
}

function findFunc({ engine }: Way, place: HostPlace, type: number): Func {
  return engine.importFunc(place, getTypeOf("func", place.scope, type));
}

function findResource({ engine }: Way, place: HostPlace): Type {
  return engine.importResource(place);
}

/** The place of an import, with the scope that the indices in its type refer to. */
interface HostPlace extends ImportPlace {
  readonly scope: Scope;
}

function defineType(engine: Engine, { scope, instance }: Frame, type: TypeDefinition): Type {
  if (type.kind === "func") return defineFuncType(scope, type);
  if (type.kind === "instance" || type.kind === "component") {
    return { ...type, scope, outerTypes: scope.count("type") };
  }
  if (type.kind !== "resource") return defineValueType(scope, type);
  const destructor = findOptional(scope, "core func", type.destructor);
  return engine.createResource(instance as ComponentInstance, destructor);
}

function importFromHost(way: Way, place: HostPlace, type: ExternType): Entity {
  const { scope, name } = place;
  switch (type.sort) {
    case "func":
      return find(way, "func", findFunc, place, type.type);
    case "type":
      return type.eq === undefined
        ? find(way, "type", findResource, place, undefined)
        : scope.getEntity("type", type.eq);
    case "instance": {
      const declared = scope.get("type", type.type);
      if (declared.kind !== "instance" || place.interfaceName !== undefined) {
        return refuse(`its import "${name}" is not an instance of functions and types`);
      }
      return { sort: type.sort, value: importInterface(way, name, declared) };
    }
    case "core module":
    case "component":
      return refuse(`its import "${name}" is a ${type.sort}, which no host provides`);
  }
}

function importInterface(way: Way, interfaceName: string, declared: InterfaceType): Exports {
  const give: Give = (scope, name, type) =>
    importFromHost(way, { scope, interfaceName, name }, type);
  return declareExports({ ...way, give }, declared);
}

function gather(scope: Scope, items: readonly NamedItem[]): Exports {
  const exports = new Map<string, Entity>();
  for (const { name, sort, index } of items) exports.set(name, scope.getEntity(sort, index));
  return exports;
}

function findContext(
  scope: Scope,
  { encoding, memory, realloc, postReturn }: CanonicalOptions,
): CanonicalContext {
  return {
    encoding,
    memory: findOptional(scope, "core memory", memory),
    realloc: findOptional(scope, "core func", realloc),
    postReturn: findOptional(scope, "core func", postReturn),
  };
}

function findOptional(scope: Scope, sort: Sort, index: number | undefined): unknown {
  return index === undefined ? index : scope.get(sort, index);
}

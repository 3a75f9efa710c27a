/**
 * Carries out the definitions of a component, one after the other, as an engine does each.
 *
 * This is where indices lead somewhere or not. What else must be true of a component is asked of it once, by `Checks`; an
 * instance is made of a component that was asked.
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
import { Scope } from "./scope.ts";
import type {
  ComponentClosure,
  CoreExports,
  Entity,
  Exports,
  Func,
  InterfaceType,
  Type,
} from "./scope.ts";

/** What is asked of a component beyond what its instances need; nothing, where it was asked before. */
export interface Checks {
  /** Asked before a definition or declaration is carried out, each time that it is. */
  checkDefinition(frame: Frame, definition: Definition, next: Definition | undefined): void;
  /** Asked of each type that is defined. */
  checkType(type: Type): void;
  /** Asked of what is imported from or exported by a component within, with the type declared for it. */
  checkEntity(scope: Scope, name: string, type: ExternType, entity: Entity): void;
}

/** What stands for an import, or for an export that is only declared: it has this type, whose indices are of this scope. */
export type Give = (scope: Scope, name: string, type: ExternType) => Entity;

/** How definitions are carried out. */
export interface Way {
  readonly engine: Engine;
  /** Gives the imports of a component that is instantiated without arguments, and what types declare. */
  readonly give: Give;
  readonly checks: Checks | undefined;
}

/** A component that is being instantiated, or the type of one or of an instance that is gone through. */
export interface Frame {
  readonly scope: Scope;
  /** Nothing in a type. */
  readonly instance: ComponentInstance | undefined;
  /** What it was given; nothing for the outermost component, which imports. */
  readonly args: Exports | undefined;
  readonly exports: Map<string, Entity>;
}

/** What the outermost component exports, once all of its definitions were carried out by the engine. */
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

/** What is exported according to the type, each given anew. */
export function declareExports(
  way: Way,
  { declarations, scope: outer, outerTypes }: InterfaceType,
): Exports {
  const scope = new Scope(outer, outerTypes);
  const frame = { scope, instance: undefined, args: undefined, exports: new Map() };
  return goThrough(way, frame, declarations);
}

function goThrough(way: Way, frame: Frame, definitions: readonly Definition[]): Exports {
  let next = 0;
  for (const definition of definitions) {
    way.checks?.checkDefinition(frame, definition, definitions[++next]);
    frame.scope.add(toEntity(way, frame, definition));
  }
  return frame.exports;
}

/** What the definition adds to the index space of its sort. */
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
      const given = gather(scope, definition.args);
      return { sort: "core instance", value: engine.instantiateCore(module, given) };
    }
    case "core exports":
      return { sort: "core instance", value: combine(scope, definition.items) };
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
      return found?.sort === sort
        ? found
        : refuse(`an instance has no ${sort} of the name "${name}"`);
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
      const given = gather(scope, definition.args);
      return { sort: "instance", value: instantiate(way, closure, instance, given) };
    }
    case "exports":
      return { sort: "instance", value: gather(scope, definition.items) };
    case "type":
      return find(way, "type", findType, frame, definition.type);
    case "import": {
      const { name, type } = definition;
      if (args === undefined) return give(scope, name, type);
      const given = args.get(name) ?? refuse(`a component within it is not given "${name}"`);
      checks?.checkEntity(scope, name, type, given);
      return given;
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
 * What is found out when it is first asked for: a program uses few of the types and functions that its interfaces declare.
 */
class LateEntity<At, What> {
  readonly sort: "type" | "func";
  readonly #way: Way;
  readonly #find: Find<At, What>;
  readonly #at: At;
  readonly #what: What;
  #value: Type | Func | undefined;

  constructor(way: Way, sort: "type" | "func", find: Find<At, What>, at: At, what: What) {
    this.sort = sort;
    this.#way = way;
    this.#find = find;
    this.#at = at;
    this.#what = what;
  }

  get value(): Type | Func {
    return (this.#value ??= this.#find(this.#way, this.#at, this.#what));
  }
}

/** Not closures: there would be one for each type and function that is declared. */
type Find<At, What> = (way: Way, at: At, what: What) => Type | Func;

/** Of a component that is checked, all is found at once: mistakes in what nobody asks for would stay unseen. */
function find<At, What>(
  way: Way,
  sort: "type" | "func",
  find: Find<At, What>,
  at: At,
  what: What,
): Entity {
  const entity =
    way.checks === undefined
      ? new LateEntity(way, sort, find, at, what)
      : { sort, value: find(way, at, what) };
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

/** With the scope that the indices of its type are of. */
interface HostPlace extends ImportPlace {
  readonly scope: Scope;
}

function defineType(engine: Engine, { scope, instance }: Frame, type: TypeDefinition): Type {
  if (type.kind === "func") return defineFuncType(scope, type);
  if ("declarations" in type) return { ...type, scope, outerTypes: scope.count("type") };
  if (type.kind !== "resource") return defineValueType(scope, type);
  const { destructor } = type;
  const func = destructor === undefined ? undefined : scope.get("core func", destructor);
  return engine.createResource(instance as ComponentInstance, func);
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
      return refuse(`its import "${name}" is a ${type.sort}, which no host gives`);
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

/** A core instance that is made of parts of others. */
function combine(scope: Scope, items: readonly NamedItem[]): CoreExports {
  return {
    get values() {
      // A name is any text, that of what objects inherit too.
      const values: Record<string, unknown> = Object.create(null);
      for (const { name, sort, index } of items) values[name] = scope.get(sort, index);
      return values;
    },
    get(name, sort) {
      const isThere = items.some((item) => item.name === name && item.sort === sort);
      return isThere ? this.values[name] : refuse(`a core instance has no ${sort} "${name}"`);
    },
  };
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

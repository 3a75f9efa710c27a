/**
 * Validates everything that instantiation takes for granted: names, bounds, aliases, types of arguments to nested
 * components, and components and types that are never instantiated.
 *
 * The survey runs it once; instantiation does not repeat it.
 *
 * @see Explainer.md "Type Checking"
 */
import { Budget } from "./budget.ts";
import { declareExports, instantiate } from "./carry-out.ts";
import type { Checks, Frame, Way } from "./carry-out.ts";
import { checkExternName, checkLabels, uniqueKey } from "./check-names.ts";
import { damaged, refuse } from "./cursor.ts";
import { getTypeOf } from "./define-type.ts";
import type {
  Alias,
  CoreModule,
  Definition,
  ExternType,
  NamedItem,
  Sort,
  TypeDefinition,
} from "./definitions.ts";
import { describeType } from "./describe-type.ts";
import type { Engine } from "./engine.ts";
import { TYPE_DEPTH_LIMIT, VALUE_BYTES_LIMIT } from "./limits.ts";
import { TypeMatcher } from "./match-type.ts";
import type { Entity, InterfaceType, Scope, Type } from "./scope.ts";
import type { TypeTraits } from "./type-traits.ts";
import { isValueType } from "./types.ts";
import type { ValueType } from "./types.ts";

export class DefinitionChecker implements Checks {
  readonly #budget = new Budget();
  readonly #traits: TypeTraits;
  /** Walks components and types that are never instantiated. */
  readonly #abstract: Way;
  /** The unique keys of the names of imports and exports, by the scope or exports that they belong to. */
  readonly #names = new Map<object, Set<string>>();
  readonly #matcher = new TypeMatcher((resource) => resource);

  /** @param engine carries out definitions of components of which only the type is known */
  constructor(traits: TypeTraits, engine: Engine) {
    this.#traits = traits;
    const give = (scope: Scope, name: string, type: ExternType): Entity =>
      this.#giveAbstract(scope, name, type);
    this.#abstract = { engine, give, checks: this };
  }

  checkDefinition(frame: Frame, definition: Definition, next: Definition | undefined): void {
    const { scope, exports, instance } = frame;
    this.#budget.step(1);
    switch (definition.op) {
      case "core instantiate":
        this.#budget.coreInstance();
        this.#budget.step(definition.args.length);
        if (definition.args.some(({ sort }) => sort !== "core instance")) damaged();
        return requireDistinct(definition.args);
      case "core exports":
        this.#budget.step(definition.items.length);
        for (const { sort, index } of definition.items) scope.getEntity(sort, index);
        return requireDistinct(definition.items);
      case "instantiate":
        this.#budget.step(definition.args.length);
        return requireDistinct(definition.args);
      case "exports":
        this.#budget.step(definition.items.length);
        for (const { name } of definition.items) this.#claim(definition, name);
        this.#names.delete(definition);
        return;
      case "alias":
      case "core alias":
        return requireAlias(frame, definition);
      case "outer alias":
        requireAlias(frame, definition);
        return this.#checkOutward(scope, definition);
      case "component":
        // A dry run: it may never be instantiated.
        instantiate(
          this.#abstract,
          { component: definition.component, scope },
          undefined,
          undefined,
        );
        return;
      case "type": {
        const { type } = definition;
        this.#budget.step(countParts(type));
        if ("labels" in type) for (const label of type.labels) this.#budget.name(label);
        checkLabels(type);
        if (type.kind === "resource" && instance === undefined) {
          refuse("it defines a resource within a type");
        }
        if (type.kind !== "instance" && type.kind !== "component") return;
        const index = scope.count("type");
        // Most interface types are imported by the next definition, which checks them.
        const isGiven =
          instance !== undefined && frame.args === undefined && isImportOf(next, index);
        if (!isGiven) declareExports(this.#abstract, { ...type, scope, outerTypes: index });
        return;
      }
      case "import":
        return this.#claim(scope, definition.name);
      case "export":
      case "export declaration":
        return this.#claim(exports, definition.name);
      case "resource.new":
      case "resource.rep":
        if (getTypeOf("resource", scope, definition.type).owner === instance) return;
        return refuse(`"${definition.op}" of a resource that the component does not define`);
      case "core module":
      case "core type":
      case "lift":
      case "lower":
      case "resource.drop":
    }
  }

  checkType(type: Type): void {
    if (isValueType(type)) return this.#checkValueType(type);
    if (type.kind !== "func") return;
    this.#checkValueType(type.tuple);
    if (type.result !== undefined && this.#traits.of(type.result).borrows) {
      refuse("a function returns a borrowed handle");
    }
  }

  #checkValueType(type: ValueType): void {
    if (type.size >= VALUE_BYTES_LIMIT) refuse("it has a type that exceeds the maximum byte size");
    if (this.#traits.of(type).depth > TYPE_DEPTH_LIMIT) refuse("its types are nested too deeply");
  }

  /** Names of one scope must differ in more than case. */
  #claim(where: object, name: string): void {
    this.#budget.name(name);
    checkExternName(name);
    let names = this.#names.get(where);
    if (names === undefined) this.#names.set(where, (names = new Set()));
    if (names.size === names.add(uniqueKey(name)).size) {
      refuse(`it uses the name "${name}" twice`);
    }
  }

  /** Resource types belong to an instance, but a nested component is defined outside of any instance. */
  #checkOutward(scope: Scope, { sort, count, index }: Extract<Alias, { op: "outer alias" }>): void {
    let from: Scope | undefined = scope;
    let crossed = false;
    let limit = Infinity;
    for (let left = count; left > 0 && from !== undefined; left--) {
      crossed ||= from.outerTypes === undefined;
      limit = from.outerTypes ?? Infinity;
      from = from.parent;
    }
    if (from === undefined) return damaged(`an alias reaches ${count} components outward`);
    if (sort === "type" && index >= limit) damaged("an alias reaches outward for a later type");
    const entity = from.getEntity(sort, index);
    if (crossed && entity.sort === "type" && this.#hasResources(entity.value)) {
      refuse("an alias reaches outward for a type that has resources");
    }
  }

  #hasResources(type: Type): boolean {
    if (type.kind === "resource") return true;
    const has = (of: ValueType | undefined): boolean =>
      of !== undefined && this.#traits.of(of).handles;
    return type.kind === "func"
      ? has(type.tuple) || has(type.result)
      : isValueType(type) && has(type);
  }

  /** A stand-in that has this type. */
  #giveAbstract(scope: Scope, name: string, type: ExternType): Entity {
    switch (type.sort) {
      case "func":
        return { sort: "func", value: { type: getTypeOf("func", scope, type.type) } };
      case "type":
        return {
          sort: "type",
          value:
            type.eq === undefined
              ? { kind: "resource", name, owner: undefined }
              : scope.get("type", type.eq),
        };
      case "instance": {
        const declared = getInterface(scope, type.type, "instance");
        return { sort: "instance", value: declareExports(this.#abstract, declared) };
      }
      case "component": {
        const { declarations, scope: outer } = getInterface(scope, type.type, "component");
        return {
          sort: "component",
          value: { component: { definitions: declarations }, scope: outer },
        };
      }
      case "core module":
        scope.get("core type", type.type);
        return { sort: "core module", value: NO_MODULE };
    }
  }

  /** Refuses an entity that does not have its declared type. */
  checkEntity(scope: Scope, name: string, type: ExternType, entity: Entity): void {
    if (entity.sort !== type.sort) refuse(`"${name}" is a ${entity.sort}, not a ${type.sort}`);
    if (type.sort === "func" && entity.sort === "func") {
      const wanted = getTypeOf("func", scope, type.type);
      if (!this.#matcher.isSameFunc(entity.value.type, wanted)) {
        refuseType(name, entity.value.type, wanted);
      }
    } else if (type.sort === "type" && entity.sort === "type") {
      this.#checkBound(scope, name, type.eq, entity.value);
    } else if (type.sort === "instance" && entity.sort === "instance") {
      const declared = getInterface(scope, type.type, "instance");
      const give = (inner: Scope, part: string, partType: ExternType): Entity => {
        const found = entity.value.get(part);
        if (found === undefined) return refuse(`"${name}" does not export "${part}"`);
        this.checkEntity(inner, part, partType, found);
        return found;
      };
      declareExports({ ...this.#abstract, give }, declared);
    }
  }

  #checkBound(scope: Scope, name: string, eq: number | undefined, given: Type): void {
    if (eq === undefined) {
      if (given.kind !== "resource") refuse(`"${name}" is not a resource`);
      return;
    }
    const wanted = scope.get("type", eq);
    const isSame =
      given === wanted ||
      (isValueType(given) && isValueType(wanted) && this.#matcher.isSame(given, wanted)) ||
      (given.kind === "func" && wanted.kind === "func" && this.#matcher.isSameFunc(given, wanted));
    if (!isSame) refuseType(name, given, wanted);
  }
}

/** Stands for an imported core module. */
const NO_MODULE: CoreModule = { index: -1, bytes: new Uint8Array(0) };

function countParts(type: TypeDefinition): number {
  if (type.kind === "resource") return 0;
  return type.kind === "instance" || type.kind === "component"
    ? type.declarations.length
    : Math.max(type.labels.length, type.of.length);
}

function isImportOf(definition: Definition | undefined, type: number): boolean {
  if (definition?.op !== "import" || definition.type.sort !== "instance") return false;
  return definition.type.type === type;
}

function requireDistinct(items: readonly NamedItem[]): void {
  if (items.length < 2) return;
  const known = new Set<string>();
  for (const { name } of items) {
    if (known.has(name)) refuse(`it passes "${name}" twice`);
    known.add(name);
  }
}

/** The sorts that each kind of alias may name. */
const ALIASES: Readonly<Record<Alias["op"], readonly Sort[]>> = {
  alias: ["core module", "func", "type", "component", "instance"],
  "core alias": ["core func", "core table", "core memory", "core global", "core tag"],
  "outer alias": ["core module", "core type", "type", "component"],
};

function requireAlias({ instance }: Frame, { op, sort }: Alias): void {
  if (!ALIASES[op].includes(sort)) damaged();
  if (instance !== undefined || sort === "type" || sort === "core type") return;
  if (op !== "alias" || sort !== "instance") {
    refuse("a type has an alias of neither a type nor an instance");
  }
}

function getInterface(scope: Scope, index: number, kind: "instance" | "component"): InterfaceType {
  const type = scope.get("type", index);
  if (type.kind !== kind) return refuse(`type ${index} is not the type of an ${kind}`);
  return type;
}

function refuseType(name: string, given: Type, wanted: Type): never {
  refuse(`"${name}" is "${describeType(given)}", but must be "${describeType(wanted)}"`);
}

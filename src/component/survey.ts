/**
 * Finds what a component imports, exports and instantiates, without running any of its code: the code that executes
 * definitions for real executes them on paper. Everything that instantiation takes for granted is checked here.
 */
import { carryOut } from "./carry-out.ts";
import type { Frame } from "./carry-out.ts";
import { checkLift, checkLower } from "./check-canon.ts";
import { DefinitionChecker } from "./check-definitions.ts";
import type { Component, Definition } from "./definitions.ts";
import type { CanonicalContext, Engine, ImportPlace } from "./engine.ts";
import { withoutVersion } from "./names.ts";
import type { CoreExports, Entity, Exports, Func, Type } from "./scope.ts";
import { TypeTraits } from "./type-traits.ts";
import { isValueType, PRIMITIVES } from "./types.ts";
import type { FuncType, ResourceType } from "./types.ts";

/** A function or resource of an interface. */
export type Member = FuncType | ResourceType;

export interface Survey {
  /**
   * Interfaces by their names in the component, in its order, with the functions and resources that it imports from
   * each; those outside of interfaces are under "".
   */
  readonly imports: ReadonlyMap<string, ReadonlyMap<string, Member>>;
  readonly exports: Exports;
  /** Names of imported types that have one. */
  readonly typeNames: ReadonlyMap<Type, string>;
  /** Number of instantiations of each core module, by its index; modules that are never instantiated have no entry. */
  readonly instantiations: ReadonlyMap<number, number>;
  /** Number of nested component instances. */
  readonly components: number;
}

/** @throws {Exception} `failed` when definitions are inconsistent, or too many; the message says why */
export function surveyComponent(component: Component): Survey {
  const traits = new TypeTraits();
  const surveyor = new Surveyor(traits);
  // A surveyor of its own for components that are only walked, so that their instantiations are not counted.
  const checker = new DefinitionChecker(traits, new Surveyor(traits));
  const exports = carryOut(component, surveyor, {
    checkDefinition(frame, definition, next) {
      checker.checkDefinition(frame, definition, next);
      surveyor.note(frame, definition);
    },
    checkType: (type) => checker.checkType(type),
    checkEntity: (scope, name, type, entity) => checker.checkEntity(scope, name, type, entity),
  });
  const { imports, typeNames, instantiations, components } = surveyor;
  return { imports, typeNames, instantiations, components, exports };
}

/**
 * The function with this name in the first exported interface that is wanted; `undefined` when no such interface has
 * one.
 */
export function findExportedFunc(
  exports: Exports,
  isWanted: (interfaceName: string) => boolean,
  name: string,
): { readonly interfaceName: string; readonly type: FuncType } | undefined {
  for (const [interfaceName, entity] of exports) {
    if (entity.sort !== "instance" || !isWanted(interfaceName)) continue;
    const found: Entity | undefined = entity.value.get(name);
    if (found?.sort === "func") return { interfaceName, type: found.value.type };
  }
  return undefined;
}

class Surveyor implements Engine {
  readonly imports = new Map<string, Map<string, Member>>();
  readonly typeNames = new Map<Type, string>();
  readonly instantiations = new Map<number, number>();
  components = 0;
  readonly #resources = new Map<string, ResourceType>();
  readonly #traits: TypeTraits;

  constructor(traits: TypeTraits) {
    this.#traits = traits;
  }

  /** Records the names of types and imported interfaces, which do not pass through an engine. */
  note({ scope, args }: Frame, definition: Definition): void {
    if (definition.op === "instantiate") this.components++;
    const isDeclared = definition.op === "export declaration";
    if (!isDeclared && (definition.op !== "import" || args !== undefined)) return;
    const { name, type } = definition;
    if (type.sort === "type" && type.eq !== undefined) {
      this.#nameType(scope.get("type", type.eq), name);
    } else if (type.sort === "instance") this.#addInterface(name);
  }

  instantiateCore({ index }: { readonly index: number }): CoreExports {
    this.instantiations.set(index, (this.instantiations.get(index) ?? 0) + 1);
    return UNKNOWN_EXPORTS;
  }

  lift(_instance: object, _core: unknown, context: CanonicalContext, type: FuncType): Func {
    checkLift(type, context, this.#traits);
    return { type };
  }

  lower(_instance: object, { type }: Func, context: CanonicalContext): unknown {
    checkLower(type, context, this.#traits);
    return UNKNOWN;
  }

  createResource(owner: object): ResourceType {
    return { kind: "resource", name: "", owner };
  }

  resourceFunc(): unknown {
    return UNKNOWN;
  }

  importFunc(place: ImportPlace, type: FuncType): Func {
    this.#record(place, type);
    return { type };
  }

  importResource(place: ImportPlace): ResourceType {
    const key = `${withoutVersion(place.interfaceName ?? "")}#${place.name}`;
    const resource = this.#resources.get(key) ?? { kind: "resource", name: key, owner: undefined };
    this.#resources.set(key, resource);
    this.#record(place, resource);
    return resource;
  }

  #nameType(type: Type, name: string): void {
    const hasParts = isValueType(type) && !PRIMITIVES.has(type.kind);
    if (hasParts && !this.typeNames.has(type)) this.typeNames.set(type, name);
  }

  #addInterface(name: string): void {
    if (!this.imports.has(name)) this.imports.set(name, new Map());
  }

  #record({ interfaceName = "", name }: ImportPlace, member: Member): void {
    this.#addInterface(interfaceName);
    this.imports.get(interfaceName)?.set(name, member);
  }
}

/** Stands for values that only the platform knows. */
const UNKNOWN: unique symbol = Symbol("unknown");

/** A core module's exports are known only once it is compiled; the engine that runs it checks them. */
const UNKNOWN_EXPORTS: CoreExports = { values: {}, get: () => UNKNOWN };

/**
 * Checks what a component says that its instances do not need to be true: types of what is given to components within, and
 * components and types that nobody instantiates. Authors learn from it what does not fit; nothing else depends on it.
 *
 * @see Explainer.md "Type Checking"
 */
import type { Budget } from "./budget.ts";
import { refuse } from "./cursor.ts";
import { declareExports } from "./declare.ts";
import type { NameChecks } from "./declare.ts";
import { getFuncType } from "./define-type.ts";
import type { CoreModule, ExternType, TypeDefinition } from "./definitions.ts";
import { describeType } from "./describe-type.ts";
import { TypeMatcher } from "./match-type.ts";
import { checkExternName, checkLabels, uniqueKey } from "./check-names.ts";
import type { Entity, Exports, Scope } from "./scope.ts";
import { isValueType } from "./types.ts";
import type { InterfaceType, Type } from "./types.ts";

export class DefinitionChecker implements NameChecks {
  readonly #budget: Budget;
  /** Names of imports and of exports, each as they must differ, by where they stand. */
  readonly #names = new WeakMap<object, Set<string>>();
  readonly #matcher = new TypeMatcher((a, b) => a === b);

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  checkLabels(type: TypeDefinition): void {
    checkLabels(type);
  }

  /** Goes through the declarations of a type. */
  checkType(type: InterfaceType): void {
    declareExports(type, this.giveAbstract, this.#budget, this);
  }

  checkImport(scope: object, name: string): void {
    this.#claim(scope, name);
  }

  checkExport(exports: Exports, name: string): void {
    this.#claim(exports, name);
  }

  /** Names of one scope must differ by more than case. */
  #claim(where: object, name: string): void {
    checkExternName(name);
    const names = this.#names.get(where) ?? new Set();
    this.#names.set(where, names);
    const key = uniqueKey(name);
    if (names.has(key)) refuse(`it has two parts of the name "${name}"`);
    names.add(key);
  }

  /** Each instance has resources of its own, and a component within knows no instance. */
  checkOutward(entity: Entity): void {
    if (entity.sort === "type" && hasResources(entity.value)) {
      refuse("an alias reaches outward for a type that has resources");
    }
  }

  /** Something of the type, whatever it does. */
  readonly giveAbstract = (scope: Scope, name: string, type: ExternType): Entity => {
    switch (type.sort) {
      case "func":
        return { sort: "func", value: { type: getFuncType(scope, type.type) } };
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
        return {
          sort: "instance",
          value: declareExports(declared, this.giveAbstract, this.#budget, this),
        };
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
  };

  /** Refuses what is not of the type that is declared for it. */
  checkEntity(scope: Scope, name: string, type: ExternType, entity: Entity): void {
    if (entity.sort !== type.sort) refuse(`"${name}" is a ${entity.sort}, not a ${type.sort}`);
    if (type.sort === "func" && entity.sort === "func") {
      const wanted = getFuncType(scope, type.type);
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
      declareExports(declared, give, this.#budget);
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

/** Stands for one that is imported. */
const NO_MODULE: CoreModule = { index: -1, bytes: new Uint8Array(0) };

function hasResources(type: Type): boolean {
  if (type.kind === "resource") return true;
  if (type.kind === "func") {
    return type.result?.handles === true || type.tuple.handles;
  }
  return isValueType(type) && type.handles;
}

function getInterface(scope: Scope, index: number, kind: "instance" | "component"): InterfaceType {
  const type = scope.get("type", index);
  if (type.kind !== kind) return refuse(`type ${index} is not the type of an ${kind}`);
  return type;
}

function refuseType(name: string, given: Type, wanted: Type): never {
  refuse(`"${name}" is "${describeType(given)}", and "${describeType(wanted)}" is asked for`);
}

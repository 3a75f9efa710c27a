/** The declarations of a component's or instance's type, gone through as the definitions of a component are. */
import type { Budget } from "./budget.ts";
import { damaged, refuse } from "./cursor.ts";
import { defineFuncType, defineValueType } from "./define-type.ts";
import type { Definition, ExternType, TypeDefinition } from "./definitions.ts";
import { createLateEntity, Scope } from "./scope.ts";
import type { Entity, Exports } from "./scope.ts";
import type { InterfaceType, Type } from "./types.ts";

/** What stands for an import, or for an export that is only declared: it has this type, whose indices are of this scope. */
export type Give = (scope: Scope, name: string, type: ExternType) => Entity;

/** What is asked of names and aliases beyond what they lead to. */
export interface NameChecks {
  /** Told of each type that is defined. */
  checkLabels(type: TypeDefinition): void;
  /** Told of each name that is imported in a scope. */
  checkImport(scope: object, name: string): void;
  /** Told of each name before it is exported. */
  checkExport(exports: Exports, name: string): void;
  /** Told of what an alias finds outside of the component that it is in. */
  checkOutward(entity: Entity): void;
}

/** What is exported according to the type, each given anew. */
export function declareExports(
  { declarations, scope: outer, outerTypes }: InterfaceType,
  give: Give,
  budget: Budget,
  checks?: NameChecks,
): Exports {
  const scope = new Scope(outer, false, outerTypes);
  const exports = new Map<string, Entity>();
  for (const declaration of declarations) {
    budget.step(declaration);
    switch (declaration.op) {
      case "core type":
        scope.add("core type", undefined);
        break;
      case "type":
        scope.addEntity(declareType(scope, declaration.type, checks));
        break;
      case "alias":
        scope.addEntity(findAlias(scope, declaration));
        break;
      case "outer alias":
        scope.addEntity(findOuter(scope, declaration, checks));
        break;
      case "import":
        checks?.checkImport(scope, declaration.name);
        scope.addEntity(give(scope, declaration.name, declaration.type));
        break;
      case "export declaration": {
        checks?.checkExport(exports, declaration.name);
        const entity = give(scope, declaration.name, declaration.type);
        exports.set(declaration.name, entity);
        scope.addEntity(entity);
        break;
      }
    }
  }
  return exports;
}

function declareType(scope: Scope, type: TypeDefinition, checks: NameChecks | undefined): Entity {
  if (checks === undefined) {
    return createLateEntity("type", () => defineDeclaredType(scope, type));
  }
  checks.checkLabels(type);
  return { sort: "type", value: defineDeclaredType(scope, type) };
}

function defineDeclaredType(scope: Scope, type: TypeDefinition): Type {
  if (type.kind === "func") return defineFuncType(scope, type);
  if ("declarations" in type) return { ...type, scope, outerTypes: scope.count("type") };
  return type.kind === "resource" ? damaged() : defineValueType(scope, type);
}

export function findAlias(
  scope: Scope,
  { sort, instance, name }: Extract<Definition, { op: "alias" }>,
): Entity {
  const found = scope.get("instance", instance).get(name);
  return found?.sort === sort ? found : refuse(`an instance has no ${sort} of the name "${name}"`);
}

export function findOuter(
  scope: Scope,
  { sort, count, index }: Extract<Definition, { op: "outer alias" }>,
  checks: NameChecks | undefined,
): Entity {
  let from: Scope | undefined = scope;
  let crossed = false;
  let limit = Infinity;
  for (let left = count; left > 0 && from !== undefined; left--) {
    crossed ||= from.isComponent;
    limit = from.outerTypes;
    from = from.parent;
  }
  if (from === undefined) return damaged(`an alias reaches ${count} components outward`);
  if (sort === "type" && index >= limit) damaged("an alias reaches outward for a later type");
  const entity = from.getEntity(sort, index);
  if (crossed) checks?.checkOutward(entity);
  return entity;
}

/** A type's definition, resolved in the scope that it stands in. @see Binary.md "Type Definitions" */
import { refuse } from "./cursor.ts";
import type { FuncTypeDefinition, ValueTypeDefinition, ValueTypeRef } from "./definitions.ts";
import type { Scope } from "./scope.ts";
import { createValueType, isValueType, PRIMITIVES } from "./types.ts";
import type { FuncType, ResourceType, ValueType } from "./types.ts";

export function defineFuncType(scope: Scope, definition: FuncTypeDefinition): FuncType {
  const { kind, labels, of, result } = definition;
  return {
    kind,
    tuple: createValueType({ kind: "tuple", labels, of: of.map((ref) => resolve(scope, ref)) }),
    result: result === undefined ? result : resolve(scope, result),
  };
}

export function defineValueType(scope: Scope, definition: ValueTypeDefinition): ValueType {
  const { kind, labels, of, length, resource } = definition;
  return (
    PRIMITIVES.get(kind) ??
    createValueType({
      kind,
      labels,
      of: of.map((ref) => (ref === null ? undefined : resolve(scope, ref))),
      length,
      resource: resource === undefined ? resource : getResource(scope, resource),
    })
  );
}

export function getResource(scope: Scope, index: number): ResourceType {
  const type = scope.get("type", index);
  return type.kind === "resource" ? type : refuse(`type ${index} is not a resource`);
}

export function getFuncType(scope: Scope, index: number): FuncType {
  const type = scope.get("type", index);
  return type.kind === "func" ? type : refuse(`type ${index} is not a function`);
}

function resolve(scope: Scope, ref: ValueTypeRef): ValueType {
  const type = typeof ref === "string" ? PRIMITIVES.get(ref) : scope.get("type", ref);
  return type !== undefined && isValueType(type)
    ? type
    : refuse(`type ${ref} is not the type of a value`);
}

/** A type's definition, resolved in the scope that it stands in. @see Binary.md "Type Definitions" */
import { refuse } from "./cursor.ts";
import type {
  FuncTypeDefinition,
  PrimitiveKind,
  ValueTypeDefinition,
  ValueTypeRef,
} from "./definitions.ts";
import type { Scope } from "./scope.ts";
import { createValueType, isValueType, PRIMITIVES } from "./types.ts";
import type { FuncType, ResourceType, ValueType } from "./types.ts";

/** The same for all components: types are values. */
const PRIMITIVE_TYPES: ReadonlyMap<PrimitiveKind, ValueType> = new Map(
  [...PRIMITIVES].map((kind) => [kind, createValueType({ kind })]),
);

function toPrimitive(kind: PrimitiveKind): ValueType {
  return PRIMITIVE_TYPES.get(kind) ?? refuse(`"${kind}" is not a type`);
}

export function defineFuncType(scope: Scope, { params, result }: FuncTypeDefinition): FuncType {
  const types = params.map(([, ref]) => resolve(scope, ref));
  const type: FuncType = {
    kind: "func",
    params: params.map(([label], at) => [label, types[at] as ValueType]),
    tuple: createValueType({ kind: "tuple", of: types }),
    result: resolveOptional(scope, result),
  };
  if (type.result?.borrows === true) refuse("a function returns a borrowed handle");
  return type;
}

export function defineValueType(scope: Scope, definition: ValueTypeDefinition): ValueType {
  switch (definition.kind) {
    case "primitive":
      return toPrimitive(definition.of);
    case "record": {
      const fields = definition.fields.map(([label, ref]) => [label, resolve(scope, ref)] as const);
      return createValueType({ kind: "record", fields });
    }
    case "variant": {
      const cases = definition.cases.map(
        ([label, ref]) => [label, resolveOptional(scope, ref)] as const,
      );
      return createValueType({ kind: "variant", cases });
    }
    case "list":
      return createValueType({ ...definition, of: resolve(scope, definition.of) });
    case "tuple":
      return createValueType({
        kind: "tuple",
        of: definition.of.map((ref) => resolve(scope, ref)),
      });
    case "flags":
    case "enum":
      return createValueType(definition);
    case "option":
      return createValueType({ kind: "option", of: resolve(scope, definition.of) });
    case "result":
      return createValueType({
        kind: "result",
        ok: resolveOptional(scope, definition.ok),
        err: resolveOptional(scope, definition.err),
      });
    case "own":
    case "borrow":
      return createValueType({
        kind: definition.kind,
        resource: getResource(scope, definition.of),
      });
  }
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
  if (typeof ref === "string") return toPrimitive(ref);
  const type = scope.get("type", ref);
  return isValueType(type) ? type : refuse(`type ${ref} is not the type of a value`);
}

function resolveOptional(scope: Scope, ref: ValueTypeRef | undefined): ValueType | undefined {
  return ref === undefined ? undefined : resolve(scope, ref);
}

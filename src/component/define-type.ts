/** Resolves a type's definition in its scope. @see Binary.md "Type Definitions" */
import { refuse } from "./cursor.ts";
import type { FuncTypeDefinition, ValueTypeDefinition, ValueTypeRef } from "./definitions.ts";
import type { Scope, Type } from "./scope.ts";
import { createValueType, isValueType, PRIMITIVES } from "./types.ts";
import type { FuncType, ValueType } from "./types.ts";

export function defineFuncType(scope: Scope, definition: FuncTypeDefinition): FuncType {
  return new DefinedFuncType(scope, definition);
}

/** A function type that resolves its result on first use: instantiation does not need it, only calls do. */
class DefinedFuncType implements FuncType {
  readonly kind = "func";
  readonly tuple: ValueType;
  readonly #scope: Scope;
  readonly #ref: ValueTypeRef | undefined;
  #result: ValueType | undefined;

  constructor(scope: Scope, { labels, of, result }: FuncTypeDefinition) {
    this.tuple = createValueType({
      kind: "tuple",
      labels,
      of: of.map((ref) => resolve(scope, ref)),
    });
    this.#scope = scope;
    this.#ref = result;
  }

  get result(): ValueType | undefined {
    if (this.#ref !== undefined) this.#result ??= resolve(this.#scope, this.#ref);
    return this.#result;
  }
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
      resource: resource === undefined ? resource : getTypeOf("resource", scope, resource),
    })
  );
}

/** The type with this index, which must be of this kind. */
export function getTypeOf<K extends "func" | "resource">(
  kind: K,
  scope: Scope,
  index: number,
): Extract<Type, { readonly kind: K }> {
  const type = scope.get("type", index);
  if (type.kind !== kind) refuse(`type ${index} is not a ${kind}`);
  return type as Extract<Type, { readonly kind: K }>;
}

function resolve(scope: Scope, ref: ValueTypeRef): ValueType {
  const type = typeof ref === "string" ? PRIMITIVES.get(ref) : scope.get("type", ref);
  return type !== undefined && isValueType(type)
    ? type
    : refuse(`type ${ref} is not the type of a value`);
}

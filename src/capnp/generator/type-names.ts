/** Renders schema types in generated code: as a TypeScript type, and as the value that reads and writes it. */
import { Type } from "capnp-es/capnp/schema";
import { bindingsOf } from "./schema.ts";
import type { Brand, Node, Schema } from "./schema.ts";

export interface TypeNames {
  /** The TypeScript type of a value that is read. */
  toType(type: Type): string;
  /** An expression for the type as a value. */
  toValue(type: Type): string;
  /** The type and the value expression of a named type with its brand. */
  toNamed(id: bigint, brand: Brand): { readonly type: string; readonly value: string };
  /** Type names for a scope that also contains a method's own type parameters. */
  forMethod(parameters: MethodParameters): TypeNames;
}

/** A method's own type parameters, in order. */
export interface MethodParameters {
  readonly names: readonly (readonly [type: string, value: string])[];
  /** The anonymous structs that redeclare them. */
  readonly structIds: ReadonlySet<bigint>;
}

/** The rendering of an unbound type parameter. */
export const UNBOUND = ["$.PointerReader", "$.AnyPointer"] as const;

const SIMPLE: Readonly<Record<number, readonly [type: string, value: string]>> = {
  [Type.VOID]: ["undefined", "$.Void"],
  [Type.BOOL]: ["boolean", "$.Bool"],
  [Type.INT8]: ["number", "$.Int8"],
  [Type.INT16]: ["number", "$.Int16"],
  [Type.INT32]: ["number", "$.Int32"],
  [Type.INT64]: ["bigint", "$.Int64"],
  [Type.UINT8]: ["number", "$.Uint8"],
  [Type.UINT16]: ["number", "$.Uint16"],
  [Type.UINT32]: ["number", "$.Uint32"],
  [Type.UINT64]: ["bigint", "$.Uint64"],
  [Type.FLOAT32]: ["number", "$.Float32"],
  [Type.FLOAT64]: ["number", "$.Float64"],
  [Type.TEXT]: ["string", "$.Text"],
  [Type.DATA]: ["Uint8Array", "$.Data"],
};

/** The result type of streaming methods in all schemas. */
export const STREAM_RESULT = 0x995f9a3377c0b16en;

/** @param onForeign called for each node of another file; returns the prefix of its import */
export function createTypeNames(
  schema: Schema,
  file: Node,
  onForeign: (node: Node) => string,
  own: MethodParameters = { names: [], structIds: new Set() },
): TypeNames {
  const toNamed: TypeNames["toNamed"] = (id, brand) => {
    if (id === STREAM_RESULT) return { type: "object", value: "$.StreamResult" };
    const node = schema.node(id);
    const prefix = schema.fileOf(node).id === file.id ? "" : onForeign(node);
    const name = prefix + schema.nameOf(node);
    const parameters = schema.parametersOf(node);
    // An enum does not use the parameters of its scopes.
    if (parameters.length === 0 || node._isEnum) return { type: name, value: name };
    const bound = bindingsOf(brand, parameters).map((type) => {
      if (type === undefined) return UNBOUND;
      return "scopeId" in type && "name" in type ? ([type.name, type.name] as const) : pick(type);
    });
    const types = bound.map(([type]) => type).join(", ");
    const values = bound.map(([, value]) => value).join(", ");
    return { type: `${name}<${types}>`, value: `${name}(${values})` };
  };

  const pick = (type: Type): readonly [string, string] => {
    const simple = SIMPLE[type.which()];
    if (simple !== undefined) return simple;
    if (type._isList) {
      const element = pick(type.list.elementType);
      return [`readonly ${parenthesize(element[0])}[]`, `$.List(${element[1]})`];
    }
    if (type._isAnyPointer) return pickAny(type);
    const named = type._isEnum ? type.enum : type._isStruct ? type.struct : type.interface;
    const { type: name, value } = toNamed(named.typeId, named.brand);
    return [name, value];
  };

  const pickAny = ({ anyPointer }: Type): readonly [string, string] => {
    if (anyPointer._isImplicitMethodParameter) {
      return own.names[anyPointer.implicitMethodParameter.parameterIndex] ?? UNBOUND;
    }
    if (anyPointer._isParameter) {
      const { scopeId, parameterIndex } = anyPointer.parameter;
      if (own.structIds.has(scopeId)) return own.names[parameterIndex] ?? UNBOUND;
      const parameter = schema
        .parametersOf(schema.node(scopeId))
        .find(({ index, ...at }) => at.scopeId === scopeId && index === parameterIndex);
      return parameter === undefined ? UNBOUND : [parameter.name, parameter.name];
    }
    const isCapability = anyPointer._isUnconstrained && anyPointer.unconstrained._isCapability;
    return isCapability ? ["$.Client", "$.AnyClient"] : UNBOUND;
  };

  return {
    toType: (type) => pick(type)[0],
    toValue: (type) => pick(type)[1],
    toNamed,
    forMethod: (parameters) => createTypeNames(schema, file, onForeign, parameters),
  };
}

function parenthesize(type: string): string {
  return /[ |]/.test(type) ? `(${type})` : type;
}

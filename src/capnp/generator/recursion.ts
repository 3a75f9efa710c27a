/** Structs that contain themselves. */
import type { Field, Node, Schema, Type } from "./schema.ts";

/**
 * Whether a null field, read as its default, would contain the struct it stands in, without end.
 *
 * Such a field reads as `undefined` when it is null.
 */
export function isRecursive(schema: Schema, node: Node, field: Field): boolean {
  if (!field._isSlot) return false;
  const { type, hadExplicitDefault } = field.slot;
  // A list that is null is empty, unless the schema says what it has in it.
  if (type._isList && !hadExplicitDefault) return false;
  const target = withoutGroups(schema, node).id;
  const seen = new Set<bigint>();
  const leads = (id: bigint): boolean => {
    if (id === target) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return [...schema.node(id).struct.fields].some((inner) =>
      inner._isGroup ? leads(inner.group.typeId) : structsIn(inner.slot.type).some(leads),
    );
  };
  return structsIn(type._isList ? elementOf(type) : type).some(leads);
}

/** The structs that a value of this type has in it, those that stand for type parameters included. */
function structsIn(type: Type): bigint[] {
  if (!type._isStruct) return [];
  const bound = [...type.struct.brand.scopes].flatMap((scope) =>
    scope._isBind
      ? [...scope.bind].flatMap((binding) => (binding._isType ? structsIn(binding.type) : []))
      : [],
  );
  return [type.struct.typeId, ...bound];
}

function elementOf(type: Type): Type {
  return type._isList ? elementOf(type.list.elementType) : type;
}

/** A group is read with the struct that it is part of. */
function withoutGroups(schema: Schema, node: Node): Node {
  return node.struct.isGroup ? withoutGroups(schema, schema.node(node.scopeId)) : node;
}

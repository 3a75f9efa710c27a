/** Structs that contain themselves. */
import type { Field, Node, Schema, Type } from "./schema.ts";

/** Analysis results for a schema's structs. */
interface Known {
  /** For each struct, the structs that a record of it contains even if all its fields are null. */
  readonly contents: Map<bigint, readonly bigint[]>;
  /** For each struct, its cycle: the structs that contain each other. */
  readonly rings: Map<bigint, number>;
}

const known = new WeakMap<Schema, Known>();

/**
 * Whether a null field, read as its default, would contain its own struct without end.
 *
 * Such a field reads as `undefined` when it is null, or once as its explicit default.
 */
export function isRecursive(schema: Schema, node: Node, field: Field): boolean {
  if (!field._isSlot) return false;
  const { type, hadExplicitDefault } = field.slot;
  const target = withoutGroups(schema, node).id;
  // A null list is empty, unless it has an explicit default.
  if (type._isList) {
    return hadExplicitDefault && leadsTo(schema, structsIn(elementOf(type)), target);
  }
  const found = structsIn(type);
  if (found.length === 0) return false;
  const ring = ringOf(schema, target);
  return found.some((id) => ringOf(schema, id) === ring);
}

function knownOf(schema: Schema): Known {
  const found = known.get(schema) ?? { contents: new Map(), rings: new Map() };
  known.set(schema, found);
  return found;
}

function leadsTo(schema: Schema, from: readonly bigint[], target: bigint): boolean {
  const seen = new Set<bigint>();
  const waiting = [...from];
  for (;;) {
    const id = waiting.pop();
    if (id === undefined) return false;
    if (id === target) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...contentsOf(schema, id));
  }
}

/**
 * The number of a struct's cycle; also computes those of all structs it leads to.
 *
 * Tarjan's algorithm, without recursion: a search for each field would take quadratic time in the number of structs.
 */
function ringOf(schema: Schema, start: bigint): number {
  const { rings } = knownOf(schema);
  const found = rings.get(start);
  if (found !== undefined) return found;
  const order = new Map<bigint, number>();
  const lowest = new Map<bigint, number>();
  const open: bigint[] = [];
  const path: { readonly id: bigint; at: number }[] = [];
  const enter = (id: bigint): void => {
    order.set(id, order.size);
    lowest.set(id, order.size - 1);
    open.push(id);
    path.push({ id, at: 0 });
  };
  const lower = (id: bigint, to: number): void => {
    lowest.set(id, Math.min(lowest.get(id) ?? to, to));
  };
  enter(start);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const { id } = top;
    const next = contentsOf(schema, id)[top.at++];
    if (next !== undefined) {
      if (rings.has(next)) continue;
      const seen = order.get(next);
      if (seen === undefined) enter(next);
      else lower(id, seen);
      continue;
    }
    path.pop();
    const least = lowest.get(id) ?? 0;
    const above = path.at(-1);
    if (above !== undefined) lower(above.id, least);
    if (least !== order.get(id)) continue;
    const ring = rings.size;
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      rings.set(member, ring);
      if (member === id) break;
    }
  }
  return rings.get(start) ?? -1;
}

function contentsOf(schema: Schema, id: bigint): readonly bigint[] {
  const { contents } = knownOf(schema);
  const found = contents.get(id);
  if (found !== undefined) return found;
  const all = new Set<bigint>();
  for (const field of schema.node(id).struct.fields) {
    const inner = field._isGroup
      ? contentsOf(schema, field.group.typeId)
      : structsIn(field.slot.type);
    for (const contained of inner) all.add(contained);
  }
  const list = [...all];
  contents.set(id, list);
  return list;
}

/** The structs that a value of this type contains, including those bound to type parameters. */
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

/** The struct that a group belongs to. */
function withoutGroups(schema: Schema, node: Node): Node {
  return node.struct.isGroup ? withoutGroups(schema, schema.node(node.scopeId)) : node;
}

/** Equality of messages independent of layout: messages with the same canonical form are equal. */
import { ElementSize } from "./element-size.ts";
import type { ListReader, PointerReader, StructReader } from "./reader.ts";

/**
 * Whether both pointers have equal contents.
 *
 * The order of objects, far pointers and trailing zeros of structs make no difference; null and empty do.
 *
 * @see https://capnproto.org/encoding.html#canonicalization
 */
export function equalMessages(left: PointerReader, right: PointerReader): boolean {
  const { kind } = left;
  if (kind !== right.kind) return false;
  switch (kind) {
    case "null":
      return true;
    case "capability":
      return (
        left.capability() === right.capability() &&
        (left.capability() !== undefined || left.capabilityIndex() === right.capabilityIndex())
      );
    case "struct":
      return equalStructs(left.struct(), right.struct());
    case "list":
      return equalLists(left.anyList(), right.anyList());
  }
}

function equalStructs(left: StructReader, right: StructReader): boolean {
  for (let at = 0; at < Math.max(left.dataBytes, right.dataBytes); at++) {
    if (left.uint8(at) !== right.uint8(at)) return false;
  }
  for (let i = 0; i < Math.max(left.pointers, right.pointers); i++) {
    if (!equalMessages(left.pointer(i), right.pointer(i))) return false;
  }
  return true;
}

function equalLists(left: ListReader, right: ListReader): boolean {
  if (left.elementSize !== right.elementSize || left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) {
    const equal =
      left.elementSize === ElementSize.bit
        ? left.bool(at) === right.bool(at)
        : equalStructs(left.struct(at), right.struct(at));
    if (!equal) return false;
  }
  return true;
}

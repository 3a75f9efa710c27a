/** Deep copies between messages, capabilities included. */
import type { PointerBuilder } from "./builder.ts";
import { NULL_CAPABILITY } from "./broken.ts";
import type { ListReader, PointerReader, StructReader } from "./reader.ts";
import * as sizes from "./element-size.ts";

/** Copies the pointer's object deeply; the new message retains each capability. */
export function copyPointer(from: PointerReader, to: PointerBuilder): void {
  switch (from.kind) {
    case "null":
      return;
    case "capability": {
      const capability = from.capability() ?? NULL_CAPABILITY;
      if (capability !== NULL_CAPABILITY) to.setCapability(capability.retain());
      return;
    }
    case "struct":
      copyStruct(from.struct(), to);
      return;
    case "list":
      copyList(from.anyList(), to);
  }
}

function copyStruct(from: StructReader, to: PointerBuilder): void {
  const builder = to.initStruct(from.dataBytes / 8, from.pointers);
  builder.setBytes(from.bytes());
  for (let i = 0; i < from.pointers; i++) copyPointer(from.pointer(i), builder.pointer(i));
}

function copyList(from: ListReader, to: PointerBuilder): void {
  const { length, elementSize } = from;
  if (elementSize === sizes.COMPOSITE) {
    const list = to.initStructList(length, from.dataBits / 64, from.pointers);
    for (let at = 0; at < length; at++) {
      const element = from.struct(at);
      const builder = list.struct(at);
      builder.setBytes(element.bytes());
      for (let i = 0; i < element.pointers; i++) {
        copyPointer(element.pointer(i), builder.pointer(i));
      }
    }
    return;
  }
  const list = to.initList(elementSize, length);
  if (elementSize === sizes.POINTER) {
    for (let at = 0; at < length; at++) copyPointer(from.pointer(at), list.pointer(at));
  } else {
    list.setBytes(from.bytes());
  }
}

/** Parameters that must outlive the call that brought them, and messages that are read where they were built. */
import { MessageBuilder } from "./builder.ts";
import type { PointerBuilder } from "./builder.ts";
import type { ReceivedParams, StructWriter } from "./capability.ts";
import { copyPointer } from "./copy.ts";
import { MessageReader } from "./reader.ts";
import type { PointerReader } from "./reader.ts";

/** The parameters as a message that is read in place; written now if they were not yet. */
export function toReceivedParams(params: StructWriter | ReceivedParams): ReceivedParams {
  if ("root" in params) return params;
  const message = new MessageBuilder();
  params.write(message.root.initStruct(params.dataWords, params.pointers));
  return { root: readBack(message.root), release: () => message.release() };
}

/** Writes the parameters where they belong; received ones are copied and released. */
export function writeParams(params: StructWriter | ReceivedParams, to: PointerBuilder): void {
  if (!("root" in params)) {
    params.write(to.initStruct(params.dataWords, params.pointers));
    return;
  }
  try {
    copyPointer(params.root, to);
  } finally {
    params.release();
  }
}

/** A pointer in a message built in this vat, to be read in place: without a budget; its capabilities are lent. */
export function readBack(pointer: PointerBuilder): PointerReader {
  const { message, offset } = pointer;
  const reader = new MessageReader([message.view], { traversalBytes: Infinity });
  reader.capabilities = message.capabilities;
  return reader.pointerAt(offset);
}

/** The pointer, or where there are capabilities in its message a copy that holds its own. */
export function toOwned(pointer: PointerReader): PointerReader {
  if (pointer.message.capabilities.length === 0) return pointer;
  const message = new MessageBuilder();
  copyPointer(pointer, message.root);
  const owned = readBack(message.root);
  owned.message.release = () => message.release();
  return owned;
}

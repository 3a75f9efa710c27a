/** Parameters that outlive the call, and messages that are read where they were built. */
import { MessageBuilder } from "./builder.ts";
import type { PointerBuilder } from "./builder.ts";
import type { ReceivedParams, StructWriter } from "./capability.ts";
import { copyPointer } from "./copy.ts";
import { MessageReader } from "./reader.ts";
import type { PointerReader } from "./reader.ts";

/** The parameters as a readable message; calls their writer now if they are not one already. */
export function toReceivedParams(params: StructWriter | ReceivedParams): ReceivedParams {
  if ("root" in params) return params;
  const message = new MessageBuilder();
  params.write(message.root.initStruct(params.dataWords, params.pointers));
  return { root: readBack(message.root), release: () => message.release() };
}

/** Writes the parameters; received ones are copied and released. */
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

/** A reader of a locally built message, without a traversal limit; its capabilities are borrowed. */
export function readBack(pointer: PointerBuilder): PointerReader {
  const { message, offset } = pointer;
  const reader = new MessageReader([message.view], { traversalBytes: Infinity });
  reader.capabilities = message.capabilities;
  return reader.pointerAt(offset);
}

/** The pointer itself, or, if its message has capabilities, a copy that owns its capabilities. */
export function toOwned(pointer: PointerReader): PointerReader {
  if (pointer.message.capabilities.length === 0) return pointer;
  const message = new MessageBuilder();
  copyPointer(pointer, message.root);
  const owned = readBack(message.root);
  owned.message.release = () => message.release();
  return owned;
}

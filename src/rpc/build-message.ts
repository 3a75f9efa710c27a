/** Builds the protocol's messages; `wire.ts` reads them. */
import { Exception } from "#base";
import { copyPointer, MessageBuilder, StructBuilder } from "#capnp/wire";
import type { CallRequest, MessageSpace, PointerBuilder, PointerReader } from "#capnp/wire";
import * as tags from "./message-tags.ts";
import { EXCEPTION_KINDS } from "./wire.ts";
import type { Descriptor, ReturnOutcome, Target } from "./wire.ts";

/** A payload to fill in: first the content, then the capability table. */
export interface PayloadBuilder {
  readonly message: MessageBuilder;
  readonly content: PointerBuilder;
  readonly table: PointerBuilder;
}

/** Creates a message with its union tag. @returns the struct behind the tag */
function openMessage(
  space: MessageSpace,
  tag: number,
  dataWords: number,
  pointers: number,
): StructBuilder {
  const message = new MessageBuilder({ space });
  const root = message.root.initStruct(1, 1);
  root.setUint16(0, tag);
  return root.pointer(0).initStruct(dataWords, pointers);
}

export function buildBootstrap(space: MessageSpace, questionId: number): MessageBuilder {
  const bootstrap = openMessage(space, tags.BOOTSTRAP, 1, 1);
  bootstrap.setUint32(0, questionId);
  return bootstrap.message;
}

/** A Call without its payload. */
export function buildCall(
  space: MessageSpace,
  questionId: number,
  target: Target,
  { interfaceId, methodId, noPipelining }: Omit<CallRequest, "params" | "results">,
): PayloadBuilder {
  const call = openMessage(space, tags.CALL, 3, 3);
  call.setUint32(0, questionId);
  call.setUint16(4, methodId);
  call.setUint64(8, interfaceId);
  call.setBool(129, noPipelining);
  writeTarget(call.pointer(0), target);
  return openPayload(call.pointer(1));
}

/** A Return without its payload. */
export function buildResults(space: MessageSpace, answerId: number): PayloadBuilder {
  const message = new MessageBuilder({ takesClients: true, space });
  const root = message.root.initStruct(1, 1);
  root.setUint16(0, tags.RETURN);
  const returned = root.pointer(0).initStruct(2, 1);
  returned.setUint32(0, answerId);
  returned.setBool(32, false, true);
  return openPayload(returned.pointer(0));
}

function openPayload(at: PointerBuilder): PayloadBuilder {
  const payload = at.initStruct(0, 2);
  return { message: at.message, content: payload.pointer(0), table: payload.pointer(1) };
}

/**
 * Byte offset of the Return struct in a message of `buildResults`, after the header, the root pointer and `Message`.
 */
const RETURN_AT = 32;

/** Sets `noFinishNeeded` in a message of `buildResults`, which must hold no capabilities. */
export function setNoFinishNeeded(message: MessageBuilder): void {
  new StructBuilder(message, RETURN_AT, 16).setBool(33, true);
}

export function buildReturn(
  space: MessageSpace,
  answerId: number,
  outcome: Exclude<ReturnOutcome, { readonly type: "results" | "unknown" }>,
  noFinishNeeded = false,
): MessageBuilder {
  const returned = openMessage(space, tags.RETURN, 2, 1);
  returned.setUint32(0, answerId);
  returned.setBool(32, false, true);
  returned.setBool(33, noFinishNeeded);
  if (outcome.type === "exception") {
    returned.setUint16(6, 1);
    writeException(returned.pointer(0), outcome.exception);
  } else if (outcome.type === "takeFromOtherQuestion") {
    returned.setUint16(6, 4);
    returned.setUint32(8, outcome.questionId);
  } else {
    returned.setUint16(6, outcome.type === "canceled" ? 2 : 3);
  }
  return returned.message;
}

export function buildFinish(
  space: MessageSpace,
  questionId: number,
  releaseResultCaps: boolean,
): MessageBuilder {
  const finish = openMessage(space, tags.FINISH, 1, 0);
  finish.setUint32(0, questionId);
  finish.setBool(32, releaseResultCaps, true);
  return finish.message;
}

export function buildRelease(space: MessageSpace, id: number, count: number): MessageBuilder {
  const release = openMessage(space, tags.RELEASE, 1, 0);
  release.setUint32(0, id);
  release.setUint32(4, count);
  return release.message;
}

export function buildResolve(
  space: MessageSpace,
  promiseId: number,
  to: Descriptor | Exception,
): MessageBuilder {
  const resolve = openMessage(space, tags.RESOLVE, 1, 1);
  resolve.setUint32(0, promiseId);
  if (to instanceof Exception) {
    resolve.setUint16(4, 1);
    writeException(resolve.pointer(0), to);
  } else {
    writeDescriptor(resolve.pointer(0).initStruct(1, 1), to);
  }
  return resolve.message;
}

export function buildDisembargo(
  space: MessageSpace,
  target: Target,
  context: "senderLoopback" | "receiverLoopback",
  embargoId: number,
): MessageBuilder {
  const disembargo = openMessage(space, tags.DISEMBARGO, 1, 1);
  disembargo.setUint32(0, embargoId);
  disembargo.setUint16(4, context === "senderLoopback" ? 0 : 1);
  writeTarget(disembargo.pointer(0), target);
  return disembargo.message;
}

export function buildAbort(space: MessageSpace, reason: Exception): MessageBuilder {
  const message = new MessageBuilder({ space });
  const root = message.root.initStruct(1, 1);
  root.setUint16(0, tags.ABORT);
  writeException(root.pointer(0), reason);
  return message;
}

/** Returns an unknown message to its sender. */
export function buildUnimplemented(space: MessageSpace, unknown: PointerReader): MessageBuilder {
  const root = unknown.struct();
  const message = new MessageBuilder({ space });
  const reply = message.root.initStruct(1, 1);
  reply.setUint16(0, tags.UNIMPLEMENTED);
  const copy = reply.pointer(0).initStruct(1, 1);
  copy.setUint16(0, root.uint16(0));
  copyPointer(root.pointer(0), copy.pointer(0));
  return message;
}

/** Writes a payload's capability table, entry by entry. */
export function writeDescriptors(
  table: PointerBuilder,
  count: number,
  describe: (index: number) => Descriptor,
): void {
  const list = table.initStructList(count, 1, 1);
  for (let index = 0; index < count; index++) writeDescriptor(list.struct(index), describe(index));
}

export function writeDescriptor(to: StructBuilder, descriptor: Descriptor): void {
  switch (descriptor.type) {
    case "senderHosted":
    case "senderPromise":
    case "receiverHosted":
      to.setUint16(0, { senderHosted: 1, senderPromise: 2, receiverHosted: 3 }[descriptor.type]);
      to.setUint32(4, descriptor.id);
      break;
    case "receiverAnswer":
      to.setUint16(0, 4);
      writePromisedAnswer(to.pointer(0), descriptor.questionId, descriptor.path);
      break;
    case "none":
    case "unknown":
  }
}

function writeTarget(pointer: PointerBuilder, target: Target): void {
  const to = pointer.initStruct(1, 1);
  if (target.type === "import") {
    to.setUint32(0, target.id);
  } else {
    to.setUint16(4, 1);
    writePromisedAnswer(to.pointer(0), target.questionId, target.path);
  }
}

function writePromisedAnswer(
  pointer: PointerBuilder,
  questionId: number,
  path: readonly number[],
): void {
  const promised = pointer.initStruct(1, 1);
  promised.setUint32(0, questionId);
  if (path.length === 0) return;
  const ops = promised.pointer(0).initStructList(path.length, 1, 0);
  path.forEach((index, at) => {
    const op = ops.struct(at);
    op.setUint16(0, 1);
    op.setUint16(2, index);
  });
}

function writeException(pointer: PointerBuilder, exception: Exception): void {
  const to = pointer.initStruct(1, 2);
  to.setUint16(4, EXCEPTION_KINDS.indexOf(exception.kind));
  to.pointer(0).setText(exception.message);
}

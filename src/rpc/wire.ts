/**
 * The messages of the protocol: offsets as `capnp compile -ocapnp rpc.capnp` prints them.
 *
 * Reading gives plain records; payloads stay pointers, to be read by whoever knows their type.
 *
 * @see https://github.com/capnproto/capnproto/blob/v2/c++/src/capnp/rpc.capnp
 */
import { Exception } from "#base";
import type { ExceptionKind } from "#base";
import { ElementSize, MessageBuilder, StructBuilder } from "#capnp/wire";
import type {
  CallRequest,
  MessageSpace,
  PointerBuilder,
  PointerReader,
  StructReader,
} from "#capnp/wire";

import { requireFewCapabilities } from "./limits.ts";

/** Union tags of `Message`. */
export const MessageTag = {
  unimplemented: 0,
  abort: 1,
  call: 2,
  return: 3,
  finish: 4,
  resolve: 5,
  release: 6,
  bootstrap: 8,
  disembargo: 13,
} as const;

/** A capability that is reached through this connection: an export of the receiver, or part of one of its answers. */
export type Target =
  | { readonly type: "import"; readonly id: number }
  | { readonly type: "answer"; readonly questionId: number; readonly path: readonly number[] };

/** A capability in a payload, from the sender's side. */
export type Descriptor =
  | { readonly type: "none" }
  | { readonly type: "senderHosted"; readonly id: number }
  | { readonly type: "senderPromise"; readonly id: number }
  | { readonly type: "receiverHosted"; readonly id: number }
  | {
      readonly type: "receiverAnswer";
      readonly questionId: number;
      readonly path: readonly number[];
    }
  | { readonly type: "unknown" };

export interface Payload {
  readonly content: PointerReader;
  readonly capabilities: readonly Descriptor[];
}

export interface CallMessage {
  readonly questionId: number;
  readonly target: Target | undefined;
  readonly interfaceId: bigint;
  readonly methodId: number;
  readonly payload: Payload;
  readonly sendResultsTo: "caller" | "yourself" | "unknown";
  /** The peer calls nothing ahead on the results. */
  readonly noPromisePipelining: boolean;
  /** The peer wants no Return. */
  readonly onlyPromisePipeline: boolean;
}

export type ReturnOutcome =
  | { readonly type: "results"; readonly payload: Payload }
  | { readonly type: "exception"; readonly exception: Exception }
  | { readonly type: "canceled" | "resultsSentElsewhere" | "unknown" }
  | { readonly type: "takeFromOtherQuestion"; readonly questionId: number };

export interface ReturnMessage {
  readonly answerId: number;
  readonly releaseParamCaps: boolean;
  /** The peer has forgotten the question already. */
  readonly noFinishNeeded: boolean;
  readonly outcome: ReturnOutcome;
}

const NO_CAPABILITIES: readonly Descriptor[] = [];
const KINDS = ["failed", "overloaded", "disconnected", "unimplemented"] as const;

export function readCall(call: StructReader): CallMessage {
  const to = call.uint16(6);
  return {
    questionId: call.uint32(0),
    target: readTarget(call.pointer(0)),
    interfaceId: call.uint64(8),
    methodId: call.uint16(4),
    payload: readPayload(call.pointer(1)),
    noPromisePipelining: call.bool(129),
    onlyPromisePipeline: call.bool(130),
    sendResultsTo: to === 0 ? "caller" : to === 1 ? "yourself" : "unknown",
  };
}

export function readReturn(message: StructReader): ReturnMessage {
  return {
    answerId: message.uint32(0),
    releaseParamCaps: message.bool(32, true),
    noFinishNeeded: message.bool(33),
    outcome: readOutcome(message),
  };
}

function readOutcome(message: StructReader): ReturnOutcome {
  switch (message.uint16(6)) {
    case 0:
      return { type: "results", payload: readPayload(message.pointer(0)) };
    case 1:
      return { type: "exception", exception: readException(message.pointer(0)) };
    case 2:
      return { type: "canceled" };
    case 3:
      return { type: "resultsSentElsewhere" };
    case 4:
      return { type: "takeFromOtherQuestion", questionId: message.uint32(8) };
    default:
      return { type: "unknown" };
  }
}

/** `undefined` for a target of a kind that this level does not know. */
export function readTarget(pointer: PointerReader): Target | undefined {
  const target = pointer.struct();
  const tag = target.uint16(4);
  if (tag === 0) return { type: "import", id: target.uint32(0) };
  return tag === 1 ? { type: "answer", ...readPromisedAnswer(target.pointer(0)) } : undefined;
}

function readPromisedAnswer(pointer: PointerReader): { questionId: number; path: number[] } {
  const promised = pointer.struct();
  const ops = promised.pointer(0).list(ElementSize.composite);
  const path: number[] = [];
  for (let i = 0; i < ops.length; i++) {
    const op = ops.struct(i);
    if (op.uint16(0) === 1) path.push(op.uint16(2));
    else if (op.uint16(0) !== 0)
      throw new Exception("failed", "Unknown kind of pipeline operation");
  }
  return { questionId: promised.uint32(0), path };
}

function readPayload(pointer: PointerReader): Payload {
  const payload = pointer.struct();
  const content = payload.pointer(0);
  const tablePointer = payload.pointer(1);
  if (tablePointer.isNull) return { content, capabilities: NO_CAPABILITIES };
  const table = tablePointer.list(ElementSize.composite);
  requireFewCapabilities(table.length);
  const capabilities: Descriptor[] = [];
  for (let i = 0; i < table.length; i++) capabilities.push(readDescriptor(table.struct(i)));
  return { content, capabilities };
}

export function readDescriptor(descriptor: StructReader): Descriptor {
  const id = descriptor.uint32(4);
  switch (descriptor.uint16(0)) {
    case 0:
      return { type: "none" };
    case 1:
      return { type: "senderHosted", id };
    case 2:
      return { type: "senderPromise", id };
    case 3:
      return { type: "receiverHosted", id };
    case 4:
      return { type: "receiverAnswer", ...readPromisedAnswer(descriptor.pointer(0)) };
    case 5:
      // A capability of a third party: its vine is a proxy for it, and all that this level can use.
      return { type: "senderHosted", id: descriptor.pointer(0).struct().uint32(0) };
    default:
      return { type: "unknown" };
  }
}

export function readException(pointer: PointerReader): Exception {
  const exception = pointer.struct();
  const kind: ExceptionKind = KINDS[exception.uint16(4)] ?? "failed";
  return new Exception(kind, exception.pointer(0).text());
}

/** A message with its tag, and the struct behind it. */
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
  const bootstrap = openMessage(space, MessageTag.bootstrap, 1, 1);
  bootstrap.setUint32(0, questionId);
  return bootstrap.message;
}

/** A call whose payload is still to be filled in. */
export function buildCall(
  space: MessageSpace,
  questionId: number,
  target: Target,
  { interfaceId, methodId, noPipelining }: Omit<CallRequest, "params" | "results">,
): StructBuilder {
  const call = openMessage(space, MessageTag.call, 3, 3);
  call.setUint32(0, questionId);
  call.setUint16(4, methodId);
  call.setUint64(8, interfaceId);
  call.setBool(129, noPipelining);
  writeTarget(call.pointer(0), target);
  return call.pointer(1).initStruct(0, 2);
}

/** A return whose payload is still to be filled in. */
export function buildResults(space: MessageSpace, answerId: number): StructBuilder {
  const message = new MessageBuilder({ takesClients: true, space });
  const root = message.root.initStruct(1, 1);
  root.setUint16(0, MessageTag.return);
  const returned = root.pointer(0).initStruct(2, 1);
  returned.setUint32(0, answerId);
  returned.setBool(32, false, true);
  return returned.pointer(0).initStruct(0, 2);
}

/** Where the struct of a message made by `buildResults` lies: behind the header, the root pointer and `Message`. */
const RETURN_AT = 32;

/** Tells the peer that a Return made by `buildResults` needs no Finish; it must hold no capabilities. */
export function setNoFinishNeeded(message: MessageBuilder): void {
  new StructBuilder(message, RETURN_AT, 16).setBool(33, true);
}

export function buildReturn(
  space: MessageSpace,
  answerId: number,
  outcome: Exclude<ReturnOutcome, { readonly type: "results" | "unknown" }>,
  noFinishNeeded = false,
): MessageBuilder {
  const returned = openMessage(space, MessageTag.return, 2, 1);
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
  const finish = openMessage(space, MessageTag.finish, 1, 0);
  finish.setUint32(0, questionId);
  finish.setBool(32, releaseResultCaps, true);
  return finish.message;
}

export function buildRelease(space: MessageSpace, id: number, count: number): MessageBuilder {
  const release = openMessage(space, MessageTag.release, 1, 0);
  release.setUint32(0, id);
  release.setUint32(4, count);
  return release.message;
}

export function buildResolve(
  space: MessageSpace,
  promiseId: number,
  to: Descriptor | Exception,
): MessageBuilder {
  const resolve = openMessage(space, MessageTag.resolve, 1, 1);
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
  const disembargo = openMessage(space, MessageTag.disembargo, 1, 1);
  disembargo.setUint32(0, embargoId);
  disembargo.setUint16(4, context === "senderLoopback" ? 0 : 1);
  writeTarget(disembargo.pointer(0), target);
  return disembargo.message;
}

export function buildAbort(space: MessageSpace, reason: Exception): MessageBuilder {
  const message = new MessageBuilder({ space });
  const root = message.root.initStruct(1, 1);
  root.setUint16(0, MessageTag.abort);
  writeException(root.pointer(0), reason);
  return message;
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
  to.setUint16(4, KINDS.indexOf(exception.kind));
  to.pointer(0).setText(exception.message);
}

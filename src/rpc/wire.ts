/**
 * The protocol's messages as values, and how to read them. Offsets are those that `capnp compile -ocapnp rpc.capnp`
 * prints.
 *
 * Messages become plain records. Payloads stay pointers, since only the callee or caller knows their type. Only this
 * file and `build-message.ts` know the layout of messages.
 *
 * @see https://github.com/capnproto/capnproto/blob/v2/c++/src/capnp/rpc.capnp
 */
import { Exception } from "#base";
import type { ExceptionKind } from "#base";
import { COMPOSITE } from "#capnp/wire";
import type { PointerReader, StructReader } from "#capnp/wire";
import { requireFewCapabilities } from "./limits.ts";
import * as tags from "./message-tags.ts";

/** A capability reached through this connection: an export of the receiver, or a part of one of its answers. */
export type Target =
  | { readonly type: "import"; readonly id: number }
  | { readonly type: "answer"; readonly questionId: number; readonly path: readonly number[] };

/** A capability in a payload, from the sender's view. */
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
  readonly type: "call";
  readonly questionId: number;
  readonly target: Target | undefined;
  readonly interfaceId: bigint;
  readonly methodId: number;
  readonly payload: Payload;
  readonly sendResultsTo: "caller" | "yourself" | "unknown";
  /** The peer does not pipeline on the results. */
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
  readonly type: "return";
  readonly answerId: number;
  readonly releaseParamCaps: boolean;
  /** The peer has closed the question already, and expects no Finish. */
  readonly noFinishNeeded: boolean;
  readonly outcome: ReturnOutcome;
}

/** Says what a promise has resolved to. */
export interface ResolveMessage {
  readonly type: "resolve";
  readonly promiseId: number;
  readonly to: Descriptor | Exception;
}

export interface DisembargoMessage {
  readonly type: "disembargo";
  readonly id: number;
  /** What the peer is about to call by a shorter path; `undefined` in a Disembargo that has come back. */
  readonly target: Target | undefined;
}

export type Message =
  /** A message that the peer does not know; `refused` if it was a Resolve. */
  | { readonly type: "unimplemented"; readonly refused: ResolveMessage | undefined }
  | { readonly type: "abort"; readonly reason: Exception }
  | { readonly type: "bootstrap"; readonly questionId: number }
  | CallMessage
  | ReturnMessage
  | { readonly type: "finish"; readonly questionId: number; readonly releaseResultCaps: boolean }
  | ResolveMessage
  | { readonly type: "release"; readonly id: number; readonly count: number }
  | DisembargoMessage
  /** A message of a higher level, or of a later protocol. */
  | { readonly type: "unknown" };

const RESULTS_TO = ["caller", "yourself"] as const;
const NO_CAPABILITIES: readonly Descriptor[] = [];
/** Kinds of exceptions in the order of their values on the wire. */
export const EXCEPTION_KINDS = ["failed", "overloaded", "disconnected", "unimplemented"] as const;

/** @param pointer to `Message` of rpc.capnp */
export function readMessage(pointer: PointerReader): Message {
  const root = pointer.struct();
  switch (root.uint16(0)) {
    case tags.UNIMPLEMENTED:
      return { type: "unimplemented", refused: readRefused(root.pointer(0).struct()) };
    case tags.ABORT:
      return { type: "abort", reason: readException(root.pointer(0)) };
    case tags.BOOTSTRAP:
      return { type: "bootstrap", questionId: root.pointer(0).struct().uint32(0) };
    case tags.CALL:
      return readCall(root.pointer(0).struct());
    case tags.RETURN:
      return readReturn(root.pointer(0).struct());
    case tags.FINISH: {
      const finish = root.pointer(0).struct();
      const releaseResultCaps = finish.bool(32, true);
      return { type: "finish", questionId: finish.uint32(0), releaseResultCaps };
    }
    case tags.RESOLVE:
      return readResolve(root.pointer(0).struct());
    case tags.RELEASE: {
      const release = root.pointer(0).struct();
      return { type: "release", id: release.uint32(0), count: release.uint32(4) };
    }
    case tags.DISEMBARGO:
      return readDisembargo(root.pointer(0).struct());
    default:
      return UNKNOWN;
  }
}

const UNKNOWN = { type: "unknown" } as const;

/** Of the messages that this side sends, a peer may refuse only a Resolve. */
function readRefused(refused: StructReader): ResolveMessage | undefined {
  if (refused.uint16(0) !== tags.RESOLVE) return undefined;
  return readResolve(refused.pointer(0).struct());
}

function readResolve(resolve: StructReader): ResolveMessage {
  const to =
    resolve.uint16(4) === 0
      ? readDescriptor(resolve.pointer(0).struct())
      : readException(resolve.pointer(0));
  return { type: "resolve", promiseId: resolve.uint32(0), to };
}

function readDisembargo(disembargo: StructReader): DisembargoMessage | typeof UNKNOWN {
  const context = disembargo.uint16(4);
  const target = context === 0 ? readTarget(disembargo.pointer(0)) : undefined;
  if (context !== 1 && target === undefined) return UNKNOWN;
  return { type: "disembargo", id: disembargo.uint32(0), target };
}

export function readCall(call: StructReader): CallMessage {
  return {
    type: "call",
    questionId: call.uint32(0),
    target: readTarget(call.pointer(0)),
    interfaceId: call.uint64(8),
    methodId: call.uint16(4),
    payload: readPayload(call.pointer(1)),
    noPromisePipelining: call.bool(129),
    onlyPromisePipeline: call.bool(130),
    sendResultsTo: RESULTS_TO[call.uint16(6)] ?? "unknown",
  };
}

export function readReturn(message: StructReader): ReturnMessage {
  return {
    type: "return",
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
  const ops = promised.pointer(0).list(COMPOSITE);
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
  const table = tablePointer.list(COMPOSITE);
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
      // For a capability hosted by a third party, level 1 uses its vine, a proxy.
      return { type: "senderHosted", id: descriptor.pointer(0).struct().uint32(0) };
    default:
      return { type: "unknown" };
  }
}

export function readException(pointer: PointerReader): Exception {
  const exception = pointer.struct();
  const kind: ExceptionKind = EXCEPTION_KINDS[exception.uint16(4)] ?? "failed";
  return new Exception(kind, exception.pointer(0).text());
}

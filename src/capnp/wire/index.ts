/**
 * The layer below clients: messages, readers, builders, and capabilities.
 *
 * For `rpc`, and for guards between a client and its target; programs do not need it.
 *
 *     const builder = new MessageBuilder();
 *     builder.root.initStruct(1, 1).pointer(0).setText("hello");
 *     const frame = builder.toFrame();
 *     const text = MessageReader.fromFrame(frame).root.struct().pointer(0).text();
 *
 * @module
 */
export { createBroken, createFailedAnswer, NULL_CAPABILITY, reasonOfBroken } from "../broken.ts";
export { MessageBuilder, PointerBuilder, StructBuilder } from "../builder.ts";
export type { Replacement } from "../builder.ts";
export type {
  Answer,
  CallRequest,
  Capability,
  ReceivedParams,
  ResultsSlot,
  StructWriter,
} from "../capability.ts";
export { capabilityOf } from "../client.ts";
export { copyPointer } from "../copy.ts";
export { createDeframer } from "../framing.ts";
export type { Deframer } from "../framing.ts";
export { RefCount } from "../ref-count.ts";
export { toClient } from "../interface.ts";
export { toReceivedParams, writeParams } from "../params.ts";
export { PipelinedPaths } from "../pipelined-paths.ts";
export type { Pipelined } from "../pipelined-paths.ts";
export { createFulfilledAnswer, innermost, PendingAnswer, PromisedCapability } from "../promise.ts";
export type { PipelineRoute, AnswerOwner, PipelineTarget } from "../promise.ts";
export { onCapabilityBroken } from "../when-broken.ts";
export type { Breakable } from "../when-broken.ts";
export { COMPOSITE, ElementSize } from "../element-size.ts";
export { MessageReader, PointerReader, StructReader } from "../reader.ts";
export type { ReadLimits } from "../reader.ts";
export { Loan, MessageSpace } from "../space.ts";

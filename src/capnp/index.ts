/**
 * Cap'n Proto messages and objects: framing, bounds-checked readers, builders, and the types of schemas as values.
 *
 * Also what a capability is within one vat: clients, served objects, promises of both. Does not know how calls travel
 * between vats; that is `rpc`.
 *
 *     const builder = new MessageBuilder();
 *     PeerInfo.write(builder.root, { peerId, addrs: [addr] });
 *     const frame = builder.toFrame();
 *     const info = PeerInfo.read(MessageReader.fromFrame(frame).root);
 *
 * Reading makes records of the fields that this schema knows. What a peer of a newer schema wrote beyond them is not in the
 * record, and is lost where a program reads a struct and writes it again. To pass on all of it, leave the field an
 * `AnyPointer`: what that reads is the pointer itself, and is copied whole. Calls that are passed on between connections are
 * copied whole, too.
 *
 * @module
 */
export { createBroken, createFailedAnswer, NULL_CAPABILITY, reasonOfBroken } from "./broken.ts";
export { MessageBuilder, PointerBuilder, StructBuilder } from "./builder.ts";
export type {
  Answer,
  CallRequest,
  Capability,
  ReceivedParams,
  ResultsSlot,
  StructWriter,
} from "./capability.ts";
export { capabilityOf, dup, isClient, isNull } from "./client.ts";
export type { Call, CallOptions, Client, ClientType, Results } from "./client.ts";
export { copyPointer } from "./copy.ts";
export { createDeframer } from "./framing.ts";
export type { Deframer } from "./framing.ts";
export type { Init, Pipelined } from "./init.ts";
export { AnyClient, cast, createPromisedClient, serve, toClient } from "./interface.ts";
export type { CallContext, InterfaceType, Served, ServerOf } from "./interface.ts";
export { writeParams } from "./params.ts";
export { createFulfilledAnswer, innermost, PendingAnswer, PromisedCapability } from "./promise.ts";
export type { AheadRoute, AnswerOwner, Early } from "./promise.ts";
export { ElementSize, MessageReader, PointerReader, StructReader } from "./reader.ts";
export type { ReadLimits } from "./reader.ts";
export { Loan, MessageSpace } from "./space.ts";
export { anyOf } from "./types.ts";
export type { AnyValue, PointerType, StructType } from "./types.ts";
export { WetwareSession } from "./generated/membrane.ts";
export { ByteStream, Executor, Host, Process } from "./generated/peer.ts";
export type {
  ByteStreamServer,
  ExecutorServer,
  HostServer,
  ProcessServer,
} from "./generated/peer.ts";
export type { Session } from "./generated/stem.ts";
export { Membrane, Signer, StatusPoller } from "./generated/stem.ts";
export type { MembraneServer, SignerServer, StatusPollerServer } from "./generated/stem.ts";

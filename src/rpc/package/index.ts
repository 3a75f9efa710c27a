/**
 * Cap'n Proto RPC for TypeScript, level 1: capabilities, promise pipelining, embargoes, tail calls, cancellation.
 *
 * Needs a module that `gen` generates from a schema, and a transport to the peer.
 *
 *     const [near, far] = createMemoryTransports();
 *     connect(far, { bootstrap: serve(Greeter, { greet: (name) => ({ text: `Hello ${name}` }) }) });
 *     using connection = connect(near);
 *     using greeter = connection.bootstrap(Greeter);
 *     const { text } = await greeter.greet("you");
 *
 * @module
 */
export { Exception, toException } from "#base";
export type {
  ByteSink,
  ByteSource,
  Duplex,
  DuplexPort,
  ExceptionKind,
  ExceptionOptions,
  Waiting,
} from "#base";
export {
  AnyClient,
  anyOf,
  cast,
  createPromisedClient,
  dup,
  isClient,
  isNull,
  onBroken,
  serve,
  whenResolved,
} from "#capnp";
export type {
  AnyValue,
  Call,
  CallContext,
  CallOptions,
  Client,
  ClientType,
  Init,
  InterfaceType,
  Pipelined,
  PointerType,
  Results,
  Served,
  ServerOf,
  StructType,
} from "#capnp";
export {
  connect,
  createBudget,
  createMemoryTransports,
  createPortTransport,
  createScheduler,
  createStreamTransport,
} from "#rpc";
export type {
  Budget,
  Connection,
  ConnectionLimits,
  ConnectionOptions,
  FrameReceiver,
  Scheduler,
  TableSizes,
  Transport,
} from "#rpc";
export { createWebSocketTransport } from "../web-socket-transport.ts";
export type { WebSocketLike } from "../web-socket-transport.ts";
export { createWebStreamTransport } from "../web-stream-transport.ts";
export type { WebStreamPair } from "../web-stream-transport.ts";

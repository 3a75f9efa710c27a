/** Everything that a page with generated clients needs, kept whole. */
export * from "#capnp/runtime";
export {
  cast,
  createPromisedClient,
  dup,
  isClient,
  isNull,
  MessageBuilder,
  MessageReader,
  serve,
} from "#capnp";
export { connect, createMemoryTransports, createPortTransport, createStreamTransport } from "#rpc";

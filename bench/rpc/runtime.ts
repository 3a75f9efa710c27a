/** Everything that a page with generated clients needs, kept whole. */
export * from "#capnp/runtime";
export { cast, createPromisedClient, dup, isClient, isNull, serve } from "#capnp";
export { MessageBuilder, MessageReader } from "#capnp/wire";
export { connect, createMemoryTransports, createPortTransport, createStreamTransport } from "#rpc";

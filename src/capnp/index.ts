/**
 * Cap'n Proto objects: clients, served objects and promises of both, within one vat.
 *
 * Programs use this door, with the modules that the generator makes of their schemas. `#capnp/wire` has the layout of
 * messages and the interface of calls, for `rpc` and for guards; `rpc` carries calls between vats.
 *
 *     using executor = serve(Executor, { echo: (message) => ({ response: `Echo: ${message}` }), runBytes });
 *     const { response } = await executor.echo("hello");
 *
 * A struct reads as a record of the fields that this schema declares. Fields of a peer's newer schema are lost when a
 * program reads a struct and writes it again. Declare a field `AnyPointer` to pass it on unchanged: it reads as the
 * pointer itself and is copied whole. Calls forwarded between connections are copied whole, too.
 *
 * @module
 */
export { onBroken, whenResolved } from "./when-broken.ts";
export type { AnyValue } from "./any-value.ts";
export type { Call, CallOptions, Results } from "./call.ts";
export type { Crossing } from "./capability.ts";
export { dup, isClient, isNull } from "./client.ts";
export type { Client, ClientType } from "./client.ts";
export type { Init, Pipelined } from "./init.ts";
export { AnyClient, cast, createPromisedClient, serve } from "./interface.ts";
export type { CallContext, InterfaceType, Served, ServerOf } from "./interface-type.ts";
export { anyOf } from "./types.ts";
export type { PointerType, StructType } from "./types.ts";

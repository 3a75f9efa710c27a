/**
 * Cap'n Proto objects: clients, served objects and promises of both, within one vat.
 *
 * This is what a program uses, together with what the generator makes of its schema. How messages are laid out, and what
 * carries a call, is behind `#capnp/wire`, for `rpc` and for guards; how calls travel between vats is `rpc`.
 *
 *     using executor = serve(Executor, { echo: (message) => ({ response: `Echo: ${message}` }), runBytes });
 *     const { response } = await executor.echo("hello");
 *
 * Reading makes records of the fields that this schema knows. What a peer of a newer schema wrote beyond them is not in the
 * record, and is lost where a program reads a struct and writes it again. To pass on all of it, leave the field an
 * `AnyPointer`: what that reads is the pointer itself, and is copied whole. Calls that are passed on between connections are
 * copied whole, too.
 *
 * @module
 */
export { onBroken, whenResolved } from "./when-broken.ts";
export type { AnyValue } from "./any-value.ts";
export type { Call, CallOptions, Results } from "./call.ts";
export { dup, isClient, isNull } from "./client.ts";
export type { Client, ClientType } from "./client.ts";
export type { Init, Pipelined } from "./init.ts";
export { AnyClient, cast, createPromisedClient, serve } from "./interface.ts";
export type { CallContext, InterfaceType, Served, ServerOf } from "./interface-type.ts";
export { anyOf } from "./types.ts";
export type { PointerType, StructType } from "./types.ts";

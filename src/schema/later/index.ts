/**
 * Schema of the later generation of nodes: what a first process that imports `wetware:kernel-runtime` is granted, and
 * the interfaces that it uses to grant more. Types that are the same in both generations are in `#schema`.
 *
 *     using grafted = await connection.bootstrap(Membrane).graft();
 *     const runtime = grafted.caps.find(({ name }) => name === "runtime")?.cap;
 *
 * @module
 */
export { Authority, OpaqueSession, Terminal } from "../generated/later/auth.ts";
export type { AuthorityServer, LoginStatus, TerminalServer } from "../generated/later/auth.ts";
export { Identity } from "../generated/later/membrane.ts";
export type { IdentityServer } from "../generated/later/membrane.ts";
export { Membrane, Signer } from "../generated/later/stem.ts";
export type { MembraneServer, SignerServer } from "../generated/later/stem.ts";
export { Executor, Host, Runtime } from "../generated/later/system.ts";
export type {
  ExecutorServer,
  FuelPolicy,
  HostServer,
  HttpListenerServer,
  RuntimeServer,
  StreamListenerServer,
} from "../generated/later/system.ts";

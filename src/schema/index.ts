/**
 * Schema: clients and servers generated from the files in `capnp/`. New authority begins here.
 *
 * Has no behaviour: `caps` serves these interfaces, and guests call them.
 *
 *     using host = serve(Host, hostServer);
 *     using executor = host.executor().executor; // a promise that can be pipelined on at once
 *
 * @module
 */
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
export { Device, Owner, Progress, Run, RunWatcher, Tree } from "./generated/owner.ts";
export type {
  Counters,
  DeviceServer,
  Fetching,
  ImageServer,
  Limits,
  Order,
  OpenedImage as OpenedRecord,
  Outcome as OutcomeRecord,
  OwnerServer,
  ProcessEntry,
  RunEntry,
  RunServer,
  RunWatcherServer,
  Stage,
  TreeEntry,
  TreeServer,
} from "./generated/owner.ts";

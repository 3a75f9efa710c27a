/**
 * Schema: clients and servers generated from the files in `capnp/`. New authority begins here.
 *
 * This door exports the interfaces that both generations of nodes share, those of the first generation, and the
 * project's own. `#schema/later` exports the later generation, in which four interfaces have the same id but other
 * methods.
 *
 * Has no behaviour: `caps` serves these interfaces, and guests call them.
 *
 *     using host = serve(Host, hostServer);
 *     using executor = host.executor().executor; // a promise that can be pipelined on at once
 *
 * @module
 */
export { Blob, BlobStore } from "./generated/common/blob.ts";
export type { BlobServer, BlobStoreServer } from "./generated/common/blob.ts";
export { Ipfs, ProviderSink, Routing } from "./generated/common/content.ts";
export type { IpfsServer, RoutingServer } from "./generated/common/content.ts";
export { Folder } from "./generated/common/folder.ts";
export type { FolderEntry, FolderServer } from "./generated/common/folder.ts";
export { InitialGrants, Launcher, Services } from "./generated/common/grants.ts";
export type {
  Export,
  InitialGrantsServer,
  Launch,
  LauncherServer,
  Service,
  ServicesServer,
} from "./generated/common/grants.ts";
export { HttpClient } from "./generated/common/http.ts";
export type { Header, HttpClientServer } from "./generated/common/http.ts";
export { LiveDoor, LiveTie, SharedTerminal } from "./generated/common/live.ts";
export type {
  LinkState,
  Live,
  LiveDoorServer,
  LiveEnd,
  SharedTerminalServer,
} from "./generated/common/live.ts";
export {
  Network,
  StreamAcceptor,
  StreamDialer,
  VatClient,
  VatListener,
} from "./generated/common/network.ts";
export type {
  NetworkServer,
  StreamDialerServer,
  VatClientServer,
  VatListenerServer,
} from "./generated/common/network.ts";
export type { AuthorityPolicy } from "./generated/common/authority.ts";
export { ByteStream, Process } from "./generated/common/node.ts";
export type { ByteStreamServer, ProcessServer } from "./generated/common/node.ts";
export { Clock, Keeper, Powerbox, Randomness, Secret } from "./generated/common/powerbox.ts";
export type {
  Ask,
  ClockServer,
  Grant,
  KeeperServer,
  PowerboxServer,
  RandomnessServer,
  SecretServer,
} from "./generated/common/powerbox.ts";
export {
  Files,
  FileWatcher,
  Sandbox,
  SandboxProcess,
  Spawner,
  Upload,
} from "./generated/common/sandbox.ts";
export type {
  Command,
  Exit,
  FileChange,
  FileEntry,
  FileRefusal,
  FilesServer,
  FileWatcherServer,
  Metadata,
  SandboxProcessServer,
  SandboxServer,
  SpawnerServer,
  Stdio,
  TerminalSize,
  UploadServer,
  Usage,
} from "./generated/common/sandbox.ts";
export {
  HttpHandler,
  HttpTrailers,
  Preview,
  PreviewDoor,
  PreviewVisitor,
} from "./generated/common/serve.ts";
export type {
  HttpHandlerServer,
  HttpRequest,
  HttpResponse,
  HttpTrailersServer,
  PreviewDoorServer,
} from "./generated/common/serve.ts";
export { WetwareSession } from "./generated/first/membrane.ts";
export { Executor, Host } from "./generated/first/peer.ts";
export type { ExecutorServer, HostServer } from "./generated/first/peer.ts";
export type { Session } from "./generated/first/stem.ts";
export { Membrane, Signer, StatusPoller } from "./generated/first/stem.ts";
export type { MembraneServer, SignerServer, StatusPollerServer } from "./generated/first/stem.ts";
export {
  Account,
  AccountWatcher,
  Chooser,
  Device,
  NodeKeys,
  Owner,
  Progress,
  Run,
  RunWatcher,
  Share,
  Tree,
} from "./generated/owner.ts";
export type {
  Activity,
  AccountEntry,
  AccountServer,
  Choice,
  ChooserServer,
  Counters,
  DeviceServer,
  Fetching,
  Given,
  GraftPolicy,
  HandlerEntry,
  ImageServer,
  Limits,
  Order,
  OpenedImage as OpenedRecord,
  Outcome as OutcomeRecord,
  Narrowing as NarrowingRecord,
  NodeKeysServer,
  OwnerServer,
  Petition,
  ProcessEntry,
  RunEntry,
  RunServer,
  RunWatcherServer,
  SandboxOrder,
  ShareServer,
  Stage,
  TreeEntry,
  TreeServer,
} from "./generated/owner.ts";

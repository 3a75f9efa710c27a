/**
 * Caps: the rules of authority.
 *
 * Serves Membrane, Host, Executor, Process and ByteStream over the devices it is given, attenuates capabilities that
 * are handed on, and ends them when they are revoked or their epoch has passed. Does not know which processes exist;
 * `kernel` does.
 *
 *     const epochs = createEpochs(head);
 *     const account = createAccount(() => Date.now());
 *     const blobs = createBlobs({ toCid });
 *     const powers = { ...devices, epochs, account, blobs, powerbox, holder: { pid: 0, name: "guest" } };
 *     using membrane = serve(Membrane(WetwareSession), serveMembrane(powers));
 *     const connection = connect(transport, { bootstrap: membrane });
 *     epochs.advance(newHead); // every session grafted before is refused from here on
 *
 *     const policy = createPolicy({ label: "guest", allow: [{ interface: Executor, methods: ["echo"] }] });
 *     const grant = createRevoker("guest");
 *     using narrow = attenuate(executor, Executor, policy, { clock, lifetimes: [grant.lifetime] });
 *     grant.revoke(); // calls in flight on it fail, later ones are refused
 *
 * @module
 */
export { createAccount } from "./account.ts";
export type { Account, Entry, EntryOptions, EntryRecord, Holder, UseCounter } from "./account.ts";
export { attenuate } from "./attenuate.ts";
export type { Attenuating } from "./attenuate.ts";
export { createBlobs } from "./blob.ts";
export type { Blobs } from "./blob.ts";
export { createPolicy } from "./create-policy.ts";
export type { AllowedInterface, MethodRules, Policy, PolicyOptions } from "./create-policy.ts";
export { createEpochs } from "./epochs.ts";
export type { EpochRecord, Epochs, IssuedEpoch } from "./epochs.ts";
export { readPieces, servePieces, serveSink, serveSource, writePieces } from "./byte-stream.ts";
export { toVariables } from "./executor.ts";
export { requireLabel } from "./launcher.ts";
export { releaseAll, takeExports } from "./exports.ts";
export type { NamedClient } from "./exports.ts";
export { serveFiles } from "./files.ts";
export type { FilesDevice, TreeChange, TreeFile, TreeItem } from "./files.ts";
export { serveFolder } from "./folder.ts";
export type { FolderDevice, FolderItem } from "./folder.ts";
export { grant, grantAll } from "./grant.ts";
export type { Narrowing } from "./grant.ts";
export { createGuard, guard } from "./guard.ts";
export type { Check } from "./guard.ts";
export type { Lifetime } from "./lifetime.ts";
export type { Clock, Quota } from "./meter.ts";
export { openNode, serveChildHost, serveNode } from "./host.ts";
export { isSoon, readContent, sendBody, toResponse, untilExchange } from "./http-exchange.ts";
export { serveHttpCalls } from "./http-calls.ts";
export { createHttpHandlers } from "./http-handlers.ts";
export type { HttpHandlers } from "./http-handlers.ts";
export { createResponse, readRequest } from "./http-response.ts";
export { serveHttpClient } from "./http-client.ts";
export { serveInitialGrants } from "./initial-grants.ts";
export { openKeys, serveKeys } from "./keys.ts";
export { createLiveLinks } from "./live.ts";
export type { LiveLinks, LiveShare } from "./live.ts";
export { openPeerService } from "./peer-service.ts";
export type { PeerServiceOrder } from "./peer-service.ts";
export { createPeerVats } from "./peer-vats.ts";
export type { PeerVats } from "./peer-vats.ts";
export { serveLaterMembrane } from "./later/membrane.ts";
export { serveMembrane } from "./membrane.ts";
export type { MembranePowers, SignerPolicy } from "./membrane.ts";
export type {
  BoundHttp,
  Keys,
  Node,
  NodePowers,
  OpenedEnvelope,
  PeerStreams,
  PeerPlace,
  RunningProcess,
  Spawner,
  SpawnLimits,
  SpawnProgram,
  SpawnRequest,
} from "./powers.ts";
export { readAsk } from "./ask.ts";
export { parseForm } from "./json-form.ts";
export type { JsonValue } from "./json-form.ts";
export { petition, servePowerbox } from "./powerbox.ts";
export type { Asker, Granted, PowerboxPowers } from "./powerbox.ts";
export { createRevoker } from "./revoker.ts";
export type { Revoker } from "./revoker.ts";
export { serveClock, serveRandomness, serveSecret } from "./small-grants.ts";
export { openSnapshot, openTree, serveTree } from "./tree.ts";

/**
 * Caps: what authority is here.
 *
 * Serves Membrane, Host, Executor, Process and ByteStream over the devices it is handed, and ends what was issued when its
 * epoch has passed. Does not know who lives; that is `kernel`.
 *
 *     const epochs = createEpochs(head);
 *     using membrane = serve(Membrane(WetwareSession), serveMembrane({ epochs, node, spawner }));
 *     const connection = connect(transport, { bootstrap: membrane });
 *     epochs.advance(newHead); // every session grafted before is refused from here on
 *
 * @module
 */
export { createEpochs } from "./epochs.ts";
export type { EpochRecord, Epochs, IssuedEpoch } from "./epochs.ts";
export { readPieces, servePieces, serveSink, serveSource, writePieces } from "./byte-stream.ts";
export { guard } from "./guard.ts";
export type { Check } from "./guard.ts";
export { openNode, serveChildHost, serveHost, serveNode } from "./host.ts";
export { serveMembrane } from "./membrane.ts";
export type { MembranePowers } from "./membrane.ts";
export type { Node, PeerPlace, RunningProcess, Spawner, SpawnRequest } from "./powers.ts";
export { openSnapshot, openTree, serveTree } from "./tree.ts";

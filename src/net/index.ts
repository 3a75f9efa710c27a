/**
 * Net: the tab's libp2p node, what it shares with native ones, and content by CID.
 *
 * Knows libp2p, Helia and gateways. Does not know images: it gives checked blocks.
 *
 *     await using node = await startNode({ datastore, relays: config.relays });
 *     show(node.peerId.text, node.peers());
 *     await using content = await openContent({ blockstore, gateways: ["http://127.0.0.1:9797/"], fetch });
 *     await content.fetchLayer(cid, { signal, onProgress: ({ blocks, bytes }) => show(blocks, bytes) });
 *     const block = await content.get(cid, { signal });
 *
 * @module
 */
export { parsePeerAddress } from "./address.ts";
export { readBootPeers } from "./boot-peers.ts";
export { openContent } from "./content.ts";
export type { Content, ContentOptions } from "./content.ts";
export { createDialRules } from "./dial-rules.ts";
export { openEnvelope, verifySignature } from "./envelopes.ts";
export { refusingDns } from "./dns.ts";
export { hasCredential, isIceUrl, NO_CREDENTIAL, NO_ICE_URL } from "./ice-server.ts";
export type { IceServer } from "./ice-server.ts";
export { keepRelay } from "./keep-relay.ts";
export type { Listening } from "./keep-relay.ts";
export { CONNECTION_MONITOR } from "./liveness.ts";
export { loadBitswap } from "./load-bitswap.ts";
export type { SharedBlocks } from "./peer-blocks.ts";
export { followName } from "./follow-name.ts";
export { LIMIT_RECORD_BYTES, openRecord, selectRecord, toNameKey } from "./name-record.ts";
export type { NameRecord } from "./name-record.ts";
export { createNameServer, RECORD_TYPE } from "./name-server.ts";
export { createMemoryNames, isOlder } from "./name-store.ts";
export type { NameStore } from "./name-store.ts";
export type { NameSink, NameSource } from "./name-server.ts";
export { createNames, toPath } from "./names.ts";
export type { Names, PublishOptions, ResolvedName } from "./names.ts";
export { DHT_PROTOCOLS, MESH_DHT } from "./dht-protocols.ts";
export type { DhtProtocol } from "./dht-protocols.ts";
export { toNameTopic } from "./gossip.ts";
export { loadMeshServer } from "./load-mesh-server.ts";
export { startNode } from "./load-node.ts";
export { loadPeerParts } from "./load-peer-parts.ts";
export type { PeerParts } from "./load-peer-parts.ts";
export type { NetNode } from "./node.ts";
export { createPeerStreams } from "./peer-streams.ts";
export type { PeerStreams } from "./peer-streams.ts";

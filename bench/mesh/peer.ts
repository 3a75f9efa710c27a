/** One tab of the bench: libp2p by itself, and the product's streams over the same connections. */
import type { Duplex } from "#base";
import type { PeerStreams } from "#caps";
import { generateKeyPair } from "@libp2p/crypto/keys";
import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { peerIdFromMultihash } from "@libp2p/peer-id";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { decode } from "multiformats/hashes/digest";
import { createTabLibp2p } from "../../src/net/create-libp2p.ts";
import { createPeerStreams } from "../../src/net/peer-streams.ts";

export interface BenchPeer {
  readonly libp2p: Libp2p;
  /** The product's, as the kernel's worker gets them. */
  readonly streams: PeerStreams;
  /** The product's, on the page. */
  dial(peerId: PeerId, protocol: string): Promise<Duplex>;
  /** Has a place at the relay. */
  reserve(relay: string): Promise<void>;
}

/** @param isDirect whether it can be reached by WebRTC */
export async function openPeer({
  isDirect = true,
}: { readonly isDirect?: boolean } = {}): Promise<BenchPeer> {
  const { libp2p, listening } = await createTabLibp2p({
    datastore: new MemoryDatastore(),
    privateKey: await generateKeyPair("Ed25519"),
    rules: { permits: () => true, isRelayed: () => true, permit: () => undefined },
    webrtc: isDirect ? { iceServers: [] } : undefined,
  });
  const streams = createPeerStreams(libp2p);
  return {
    libp2p,
    dial: (peerId, protocol) => streams.dial(peerId, protocol),
    streams: {
      dial: (peerId, protocol, options) => streams.dial(toPeerId(peerId), protocol, options),
      async listen(protocol, take) {
        const serving = await streams.listen(protocol, (duplex, peerId) =>
          take(duplex, peerId.toMultihash().bytes),
        );
        return { [Symbol.dispose]: () => void serving[Symbol.asyncDispose]() };
      },
    },
    async reserve(relay) {
      const address = multiaddr(relay);
      await libp2p.dial(address);
      await listening.listen([address.encapsulate("/p2p-circuit")]);
    },
  };
}

function toPeerId(bytes: Uint8Array): PeerId {
  return peerIdFromMultihash(decode(bytes));
}

/** The address that leads over the relay to a direct connection. */
export function findDirect(libp2p: Libp2p): string {
  const found = libp2p.getMultiaddrs().find((address) => address.toString().includes("/webrtc"));
  if (found === undefined) throw new Error("There is no direct address");
  return found.toString();
}

/** Most attempts take half a second; one of hundreds never ends. */
const ATTEMPT_MS = 5000;
const ATTEMPTS = 3;

/** A connection that is not relayed. */
export async function connectDirectly(libp2p: Libp2p, address: string): Promise<Connection> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await libp2p.dial(multiaddr(address), { signal: AbortSignal.timeout(ATTEMPT_MS) });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** Sends what comes back to where it came from. */
export function echoBytes(stream: Stream): void {
  stream.addEventListener("message", ({ data }) => void stream.send(data));
  stream.addEventListener("remoteCloseWrite", () => void stream.close().catch(() => undefined));
}

/** Sends so many bytes for each message that comes. */
export function pourBytes(stream: Stream, totalBytes: number, pieceBytes: number): void {
  const piece = new Uint8Array(pieceBytes);
  const pour = async (): Promise<void> => {
    for (let sent = 0; sent < totalBytes; sent += pieceBytes) {
      if (!stream.send(piece)) await stream.onDrain();
    }
  };
  stream.addEventListener("message", () => void pour().catch(() => undefined)); // the reader has gone
  stream.addEventListener("remoteCloseWrite", () => void stream.close().catch(() => undefined));
}

/** Byte streams between peers, by protocol. */
import { createFlowDuplex, Exception } from "#base";
import type { Duplex, Waiting } from "#base";
import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { explainDial } from "./explain-dial.ts";
import { isUnsupported, openStream } from "./open-stream.ts";
import { openStreamDuplex } from "./stream-duplex.ts";

/** Streams of our own peers have credit, whatever carries them. */
const FLOW = "/flow";
/** Number of streams of one protocol that a peer may have open. */
const STREAM_LIMIT = 64;

export interface PeerStreams {
  /**
   * Opens a stream to a peer, over an open connection or a new one. A relayed connection is used only when no direct one answers.
   *
   * @throws {Exception} `disconnected` when it cannot be reached, `unimplemented` when it does not serve the protocol.
   */
  dial(peerId: PeerId, protocol: string, options?: Waiting): Promise<Duplex>;
  /**
   * Hands each stream that a peer opens to `take`, until the result is disposed. Resolves when peers can open streams.
   *
   * @throws {Exception} `failed` when the protocol is served already.
   */
  listen(
    protocol: string,
    take: (duplex: Duplex, peerId: PeerId) => void,
  ): Promise<AsyncDisposable>;
}

/** @param reach connects to a peer; by default, by the addresses that libp2p knows */
export function createPeerStreams(
  libp2p: Libp2p,
  reach: (peerId: PeerId, options: Waiting) => Promise<Connection> = (peerId, { signal }) =>
    libp2p.dial(peerId, { ...(signal && { signal }) }),
): PeerStreams {
  const served = new Set<string>();
  /** Ends when the last `handle` or `unhandle` has: serving a protocol again waits until libp2p has removed its handler. */
  let turn: Promise<unknown> = Promise.resolve();
  return {
    async dial(peerId, protocol, { signal } = {}) {
      try {
        const open = findOpen(libp2p, peerId);
        const connections = open.length > 0 ? open : [await reach(peerId, { signal })];
        return toDuplex(await openStream(connections, [protocol + FLOW, protocol], { signal }));
      } catch (reason) {
        signal?.throwIfAborted();
        throw explain(reason, protocol);
      }
    },
    async listen(protocol, take) {
      if (served.has(protocol)) {
        throw new Exception("failed", `Cannot serve "${protocol}": it is served already`);
      }
      served.add(protocol);
      const protocols = [protocol + FLOW, protocol];
      const handler = (stream: Stream, connection: Connection): void =>
        take(toDuplex(stream), connection.remotePeer);
      const handling = turn.then(() =>
        libp2p.handle(protocols, handler, {
          runOnLimitedConnection: true,
          maxInboundStreams: STREAM_LIMIT,
          maxOutboundStreams: STREAM_LIMIT,
        }),
      );
      turn = handling.catch(() => undefined);
      try {
        await handling;
      } catch (error) {
        served.delete(protocol);
        throw error;
      }
      let isServed = true;
      return {
        async [Symbol.asyncDispose]() {
          if (!isServed) return;
          isServed = false;
          served.delete(protocol);
          const ended = turn.then(() => libp2p.unhandle(protocols));
          turn = ended.catch(() => undefined);
          await ended;
        },
      };
    },
  };
}

/** Direct connections, then relayed ones. */
function findOpen(libp2p: Libp2p, peerId: PeerId): Connection[] {
  const open = libp2p.getConnections(peerId).filter(({ status }) => status === "open");
  return open.toSorted((one, other) => Number(isRelayed(one)) - Number(isRelayed(other)));
}

/** Over WebRTC, the relay is in the address, but only brought the peers together. */
function isRelayed({ remoteAddr }: Connection): boolean {
  const address = remoteAddr.toString();
  return address.includes("/p2p-circuit") && !address.includes("/webrtc");
}

function toDuplex(stream: Stream): Duplex {
  const duplex = openStreamDuplex(stream);
  return stream.protocol.endsWith(FLOW) ? createFlowDuplex(duplex) : duplex;
}

function explain(reason: unknown, protocol: string): Exception {
  if (isUnsupported(reason)) {
    return new Exception("unimplemented", `The peer does not serve "${protocol}"`, {
      cause: reason,
    });
  }
  return new Exception("disconnected", `The peer cannot be reached: ${explainDial(reason)}`, {
    cause: reason,
  });
}

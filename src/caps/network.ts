/** Serving peers, and calling them. @see capnp/common/network.capnp */
import { createPeerCounts, Exception } from "#base";
import type { Duplex } from "#base";
import { AnyClient, cast, dup, serve } from "#capnp";
import { ByteStream } from "#schema";
import type {
  ByteStreamServer,
  NetworkServer,
  StreamAcceptor,
  StreamDialerServer,
  VatClientServer,
  VatListenerServer,
} from "#schema";
import { OpaqueSession, Terminal } from "#schema/later";
import { readPieces, serveSink, serveSource } from "./byte-stream.ts";
import type { Entry } from "./account.ts";
import { createTerminals } from "./later/authority.ts";
import type { AuthorityPowers } from "./later/authority.ts";
import { createPeerVats, requireName } from "./peer-vats.ts";
import type { VatPowers } from "./peer-vats.ts";

export interface NetworkPowers extends VatPowers, AuthorityPowers {}

/** What a session has of the network, shared by all that is served of it. */
export interface SessionNetwork {
  readonly vatListener: VatListenerServer;
  readonly vatClient: VatClientServer;
  readonly streamDialer: StreamDialerServer;
  /** Resolves when peers can open them. @returns ends it */
  acceptStreams(
    name: string,
    take: (stream: ByteStreamServer & Disposable, peerId: Uint8Array) => Promise<void>,
  ): Promise<Disposable>;
}

const STREAM = "/ww/0.1.0/stream/";
const STREAM_LIMIT = 128;

/** @param entry what it is granted through; all of it ends with that */
export function openNetwork(powers: NetworkPowers, entry: Entry): SessionNetwork {
  const { lifetime } = entry;
  const vats = createPeerVats(powers, lifetime);
  let dialled = 0;
  return {
    vatListener: {
      async serveRaw(cap, protocol) {
        const service = dup(cap);
        const serving = vats.serve(protocol, () => dup(service));
        await keepServed(lifetime, serving, service);
      },
      async serveAuthenticated(cap, protocol, policy) {
        const session = cast(cap, OpaqueSession);
        const open = createTerminals(powers, session, policy);
        const serving = vats.serve(protocol, () => serve(Terminal(OpaqueSession), open()));
        await keepServed(lifetime, serving, session);
      },
    },
    vatClient: {
      dial: async (peer, protocol, { signal }) => ({
        cap: await vats.dial(peer.slice(), protocol, { signal }),
      }),
    },
    streamDialer: {
      async dial(peer, protocol, { signal }) {
        const name = STREAM + requireName(protocol);
        if (dialled >= STREAM_LIMIT) {
          throw new Exception("overloaded", `Cannot dial: ${STREAM_LIMIT} streams are open`);
        }
        dialled++;
        try {
          const duplex = await powers.streams.dial(peer.slice(), name, { signal });
          const keep = lifetime.whenEnded(() => duplex[Symbol.dispose]());
          const stream = serveDuplex(duplex, () => {
            dialled--;
            keep();
          });
          return { stream };
        } catch (error) {
          dialled--;
          throw error;
        }
      },
    },
    async acceptStreams(name, take) {
      const counts = createPeerCounts(STREAM_LIMIT);
      const protocol = STREAM + requireName(name);
      const listening = await powers.streams.listen(protocol, (duplex, peerId) => {
        const leave = counts.enter(peerId);
        if (leave === undefined) return duplex[Symbol.dispose]();
        const stream = serveDuplex(duplex, leave);
        void take(stream, peerId).catch(() => duplex[Symbol.dispose]());
      });
      lifetime.whenEnded(() => listening[Symbol.dispose]());
      return listening;
    },
  };
}

/** Disposes what is served with the lifetime, or at once when it cannot be served. */
async function keepServed(
  lifetime: Entry["lifetime"],
  serving: Promise<void>,
  served: Disposable,
): Promise<void> {
  try {
    await serving;
  } catch (error) {
    served[Symbol.dispose]();
    throw error;
  }
  lifetime.whenEnded(() => served[Symbol.dispose]());
}

/** One object for both directions. Takes over the duplex. @param onEnded called once */
function serveDuplex(duplex: Duplex, onEnded: () => void): ByteStreamServer & Disposable {
  const source = serveSource(duplex.source);
  const sink = serveSink(duplex.sink);
  let isOpen = true;
  return {
    read: (maxBytes, context) => source.read(maxBytes, context),
    write: (data, context) => sink.write(data, context),
    close: (context) => sink.close(context),
    [Symbol.dispose]() {
      if (!isOpen) return;
      isOpen = false;
      onEnded();
      duplex[Symbol.dispose]();
    },
  };
}

/** The same as one capability, for the first generation. */
export function serveNetwork(network: SessionNetwork): NetworkServer {
  return {
    vatListener: () => ({ vatListener: network.vatListener }),
    vatClient: () => ({ vatClient: network.vatClient }),
    streamDialer: () => ({ streamDialer: network.streamDialer }),
    async acceptStreams(protocol, acceptor) {
      const taker: StreamAcceptor = dup(acceptor);
      const accepting = network.acceptStreams(protocol, async (stream, peerId) => {
        await taker.accept(peerId, serve(ByteStream, stream));
      });
      accepting.catch(() => taker[Symbol.dispose]());
      const listening = await accepting;
      return {
        serving: serve(AnyClient, {
          [Symbol.dispose]() {
            listening[Symbol.dispose]();
            taker[Symbol.dispose]();
          },
        }),
      };
    },
  };
}

/** Carries the bytes of a peer's stream to a process and back, until both have ended. */
export async function joinProcess(
  stream: ByteStream,
  process: { readonly stdin: ByteStream; readonly stdout: ByteStream },
): Promise<void> {
  await Promise.all([carry(stream, process.stdin), carry(process.stdout, stream)]);
}

async function carry(from: ByteStream, to: ByteStream): Promise<void> {
  for await (const piece of readPieces(from)) await to.write(piece);
  await to.close();
}

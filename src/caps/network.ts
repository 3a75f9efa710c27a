/** The network as capabilities: serving peers, and dialling them. @see capnp/common/network.capnp */
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

/** A call; the entry of the grant that it was made through is found by it. */
type Caller = Parameters<Entry["of"]>[0];

/** The network of one session, shared by all capabilities that are served from it. */
export interface SessionNetwork {
  readonly vatListener: VatListenerServer;
  readonly vatClient: VatClientServer;
  readonly streamDialer: StreamDialerServer;
  /**
   * Accepts the streams of a protocol. Resolves when peers can open them.
   *
   * @param caller the call whose grant ends the service
   * @param taker ownership is taken over; disposed when the service ends
   * @returns ends the service
   */
  acceptStreams(name: string, caller: Caller, taker: StreamTaker): Promise<Disposable>;
}

/** Receives each stream that a peer opens. */
export interface StreamTaker extends Disposable {
  take(stream: ByteStreamServer & Disposable, peerId: Uint8Array): Promise<void>;
}

const STREAM = "/ww/0.1.0/stream/";
const STREAM_LIMIT = 128;

/**
 * Serves the network. Services and dialled streams end with the grant of the call that started them, since a holder may
 * have passed the network on.
 *
 * @param entry the entry that the network is granted through; all of it ends with that
 */
export function openNetwork(powers: NetworkPowers, entry: Entry): SessionNetwork {
  const vats = createPeerVats(powers, entry.lifetime);
  let dialled = 0;
  return {
    vatListener: {
      async serveRaw(cap, protocol, context) {
        const { lifetime } = entry.of(context);
        const service = dup(cap);
        const serving = vats.serve(protocol, () => dup(service), lifetime);
        await keepServed(lifetime, serving, service);
      },
      async serveAuthenticated(cap, protocol, policy, context) {
        const { lifetime } = entry.of(context);
        const session = cast(cap, OpaqueSession);
        const open = createTerminals(powers, session, policy);
        const serving = vats.serve(
          protocol,
          () => serve(Terminal(OpaqueSession), open()),
          lifetime,
        );
        await keepServed(lifetime, serving, session);
      },
    },
    vatClient: {
      async dial(peer, protocol, context) {
        const { signal } = context;
        const { lifetime } = entry.of(context);
        return { cap: await vats.dial(peer.slice(), protocol, { lifetime, signal }) };
      },
    },
    streamDialer: {
      async dial(peer, protocol, context) {
        const { signal } = context;
        const { lifetime } = entry.of(context);
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
    async acceptStreams(name, caller, taker) {
      using stack = new DisposableStack();
      stack.use(taker);
      const { lifetime } = entry.of(caller);
      const counts = createPeerCounts(STREAM_LIMIT);
      const protocol = STREAM + requireName(name);
      const take = (duplex: Duplex, peerId: Uint8Array): void => {
        const leave = counts.enter(peerId);
        if (leave === undefined) return duplex[Symbol.dispose]();
        const keep = lifetime.whenEnded(() => duplex[Symbol.dispose]());
        const stream = serveDuplex(duplex, () => {
          leave();
          keep();
        });
        void taker.take(stream, peerId).catch(() => duplex[Symbol.dispose]());
      };
      stack.use(await powers.streams.listen(protocol, take));
      const listening = stack.move();
      const forget = lifetime.whenEnded(() => listening.dispose());
      return {
        [Symbol.dispose]() {
          forget();
          listening.dispose();
        },
      };
    },
  };
}

/** Disposes `served` when the lifetime ends, or at once when serving it fails. */
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

/** One object for both directions. Takes ownership of the duplex. @param onEnded called once */
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

/** The network as one capability, for the first generation. */
export function serveNetwork(network: SessionNetwork): NetworkServer {
  return {
    vatListener: () => ({ vatListener: network.vatListener }),
    vatClient: () => ({ vatClient: network.vatClient }),
    streamDialer: () => ({ streamDialer: network.streamDialer }),
    async acceptStreams(protocol, acceptor, context) {
      const own: StreamAcceptor = dup(acceptor);
      const listening = await network.acceptStreams(protocol, context, {
        take: async (stream, peerId) => void (await own.accept(peerId, serve(ByteStream, stream))),
        [Symbol.dispose]: () => own[Symbol.dispose](),
      });
      return { serving: serve(AnyClient, listening) };
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

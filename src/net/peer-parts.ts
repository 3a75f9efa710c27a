/** Parts of libp2p, adapted to peers with other implementations. */
import { identify } from "@libp2p/identify";
import type { Identify, IdentifyComponents, IdentifyInit } from "@libp2p/identify";
import type { MessageStream, Stream } from "@libp2p/interface";
import { yamux } from "@libp2p/yamux";

/** rust-libp2p closes a connection on a frame of more than 1 MiB, though the windows of its streams are larger. */
const FRAME_BYTES = 256 * 1024;

const NEW_STREAM = "_newStream";

/** A stream with the size of the largest message that it sends in one frame. */
interface Bounded extends Stream {
  maxMessageSize: number;
}

/** The part of the muxer that its types do not show: the method that creates the streams of both sides. */
interface Making {
  [NEW_STREAM](...args: readonly unknown[]): Bounded;
}

/** What a peer may send while the reader pauses. libp2p buffers 4 MiB, then resets the stream; its own windows grow to 16. */
const MOST_WINDOW_BYTES = 2 * 1024 * 1024;

/** Yamux with frames that all peers accept, and windows that libp2p can buffer. Its own frames are as large as the window. */
export function boundedYamux(init: Parameters<typeof yamux>[0] = {}): ReturnType<typeof yamux> {
  const streamOptions = { maxStreamWindowSize: MOST_WINDOW_BYTES, ...init.streamOptions };
  const create = yamux({ ...init, streamOptions });
  return () => {
    const factory = create();
    return {
      protocol: factory.protocol,
      createStreamMuxer(connection: MessageStream) {
        const muxer = factory.createStreamMuxer(connection);
        const making = muxer as unknown as Making;
        const make = making[NEW_STREAM].bind(muxer);
        making[NEW_STREAM] = (...args) => boundFrames(make(...args));
        return muxer;
      },
    };
  };
}

function boundFrames(stream: Bounded): Bounded {
  let size = stream.maxMessageSize;
  return Object.defineProperty(stream, "maxMessageSize", {
    get: () => Math.min(size, FRAME_BYTES),
    set(next: number) {
      size = next;
    },
  });
}

/** The part of the service that its types do not show. */
interface Observing {
  maybeAddObservedAddress(address: unknown): void;
}

/**
 * The identify service. libp2p's own would discard everything from a peer that has observed no address of this node, such
 * as rust-libp2p through a relay.
 */
export function tolerantIdentify(
  init?: IdentifyInit,
): (components: IdentifyComponents) => Identify {
  const create = identify(init);
  return (components) => {
    const service = create(components);
    const observing = service as unknown as Observing;
    const observe = observing.maybeAddObservedAddress.bind(service);
    observing.maybeAddObservedAddress = (address) => {
      try {
        observe(address);
      } catch {
        // The address cannot be dialled.
      }
    };
    return service;
  };
}

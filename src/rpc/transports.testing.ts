/** Every kind of transport, for tests that apply to all. */
import { createDuplexPair } from "#base";
import type { Duplex } from "#base";
import { createMemoryTransports } from "./memory-transport.ts";
import { createPortTransport } from "./port-transport.ts";
import { createStreamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";

export type OpenTransports = () => [Transport, Transport];

const WINDOW_BYTES = 256 * 1024;

export const TRANSPORTS: readonly (readonly [name: string, open: OpenTransports])[] = [
  ["memory", createMemoryTransports],
  ["a stream", () => toStreams(createDuplexPair(WINDOW_BYTES))],
  ["a stream cut anywhere", openCutStreams],
  ["a port", openPorts],
];

function openCutStreams(): [Transport, Transport] {
  const [near, far] = createDuplexPair(WINDOW_BYTES);
  return toStreams([cut(near, 1), cut(far, 5)]);
}

function toStreams([near, far]: readonly [Duplex, Duplex]): [Transport, Transport] {
  return [createStreamTransport(near), createStreamTransport(far)];
}

function openPorts(): [Transport, Transport] {
  const { port1, port2 } = new MessageChannel();
  return [createPortTransport(port1), createPortTransport(port2)];
}

/** The same pipe with read sizes taken from a list, cyclically from a given position. */
function cut({ source, sink }: Duplex, first: number): Duplex {
  const sizes = [1, 3, 8, 4, 5, 7, 2, 64, 9, 1000, 6, 40_000];
  let at = first;
  return {
    sink,
    source: {
      get ended() {
        return source.ended;
      },
      take: (limitBytes) => source.take(limitBytes),
      ready: (options) => source.ready(options),
      read: (limitBytes, options) =>
        source.read(Math.min(limitBytes, sizes[at++ % sizes.length] ?? 1), options),
      [Symbol.dispose]: () => source[Symbol.dispose](),
    },
    [Symbol.dispose]() {
      source[Symbol.dispose]();
      sink[Symbol.dispose]();
    },
  };
}

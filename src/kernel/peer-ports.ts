/** Passes peer streams from the page to the kernel, as ports that Comlink transfers. */
import { expose, transfer, wrap } from "comlink";
import { Exception, joinDuplexes, openPortDuplex, toException } from "#base";
import type { Duplex } from "#base";
import type { PeerStreams } from "#caps";

/** The page's Comlink service for its kernel. */
export interface PeerPorts {
  dial(peerId: Uint8Array, protocol: string): Promise<MessagePort | Failure>;
  /** From now on, incoming streams of the protocol go to the kernel's `accept`. */
  listen(protocol: string): Promise<Failure | undefined>;
  unlisten(protocol: string): void;
}

/** An exception as a plain value, since Comlink keeps only the message of an error. */
interface Failure {
  readonly kind: Exception["kind"];
  readonly message: string;
}

/** A stream that a peer has opened. */
export interface AcceptedPort {
  readonly protocol: string;
  readonly peerId: Uint8Array;
  readonly port: MessagePort;
}

/** How long a dial may take. */
const DIAL_MS = 30_000;
/** Maximum of unread bytes between page and kernel, each way. */
const WINDOW_BYTES = 256 * 1024;

/** Serves the page's end. @param accept hands an incoming stream to the kernel, transferring its port */
export function servePeerPorts(
  port: MessagePort,
  streams: PeerStreams,
  accept: (accepted: AcceptedPort) => void,
): void {
  const listening = new Map<string, Disposable>();
  const service: PeerPorts = {
    async dial(peerId, protocol) {
      try {
        const signal = AbortSignal.timeout(DIAL_MS);
        const opened = toPort(await streams.dial(peerId, protocol, { signal }));
        return transfer(opened, [opened]);
      } catch (error) {
        return toFailure(error);
      }
    },
    async listen(protocol) {
      try {
        const take = (duplex: Duplex, peerId: Uint8Array): void =>
          accept({ protocol, peerId, port: toPort(duplex) });
        listening.set(protocol, await streams.listen(protocol, take));
        return undefined;
      } catch (error) {
        return toFailure(error);
      }
    },
    unlisten(protocol) {
      listening.get(protocol)?.[Symbol.dispose]();
      listening.delete(protocol);
    },
  };
  expose(service, port);
}

/** A port that carries the bytes of a stream. Takes ownership of the stream. */
function toPort(duplex: Duplex): MessagePort {
  const { port1, port2 } = new MessageChannel();
  void joinDuplexes(duplex, openWide(port1)); // never rejects
  return port2;
}

function openWide(port: MessagePort): Duplex {
  return openPortDuplex(port, { windowBytes: WINDOW_BYTES });
}

function toFailure(error: unknown): Failure {
  const { kind, message } = toException(error);
  return { kind, message };
}

/** The kernel's end. */
export interface OpenedPorts {
  readonly streams: PeerStreams;
  accept(accepted: AcceptedPort): void;
}

export function openPeerPorts(port: MessagePort): OpenedPorts {
  const page = wrap<PeerPorts>(port);
  const takers = new Map<string, (duplex: Duplex, peerId: Uint8Array) => void>();
  return {
    streams: {
      async dial(peerId, protocol, { signal } = {}) {
        signal?.throwIfAborted();
        const answer = await page.dial(peerId, protocol);
        if (!(answer instanceof MessagePort)) throw new Exception(answer.kind, answer.message);
        const duplex = openWide(answer);
        if (signal?.aborted === true) {
          duplex[Symbol.dispose]();
          throw signal.reason;
        }
        return duplex;
      },
      async listen(protocol, take) {
        if (takers.has(protocol)) {
          throw new Exception("failed", `Cannot serve "${protocol}": it is served already`);
        }
        takers.set(protocol, take);
        const failure = await page.listen(protocol);
        if (failure !== undefined) {
          takers.delete(protocol);
          throw new Exception(failure.kind, failure.message);
        }
        return {
          [Symbol.dispose]() {
            if (takers.get(protocol) !== take) return;
            takers.delete(protocol);
            void page.unlisten(protocol).catch(() => undefined);
          },
        };
      },
    },
    accept({ protocol, peerId, port: accepted }) {
      const duplex = openWide(accepted);
      const take = takers.get(protocol);
      if (take === undefined) duplex[Symbol.dispose]();
      else take(duplex, peerId);
    },
  };
}

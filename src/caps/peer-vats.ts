/** Capability services between peers: one vat for each stream. */
import { createPeerCounts, Exception } from "#base";
import type { Duplex, Waiting } from "#base";
import { AnyClient } from "#capnp";
import type { Client } from "#capnp";
import type { Connection } from "#rpc";
import { joinLifetimes } from "./lifetime.ts";
import type { Lifetime } from "./lifetime.ts";
import type { PeerStreams } from "./powers.ts";

export interface VatPowers {
  readonly streams: PeerStreams;
  /**
   * Opens a vat over a stream, and takes ownership of it. @param bootstrap borrowed @param visitor id of the peer that
   * opened the stream
   */
  readonly connectPeer: (duplex: Duplex, bootstrap?: Client, visitor?: Uint8Array) => Connection;
}

/** The vats of one session; all end with its lifetime. */
export interface PeerVats {
  /**
   * Resolves when peers can connect.
   *
   * @param bootstrap creates the bootstrap capability of one connection, which owns it
   * @param lifetime the service also ends with this
   */
  serve(name: string, bootstrap: () => Client, lifetime?: Lifetime): Promise<void>;
  dial(peerId: Uint8Array, name: string, options?: DialOptions): Promise<Client>;
}

export interface DialOptions extends Waiting {
  /** The connection also ends with this. */
  readonly lifetime?: Lifetime;
}

const VAT = "/ww/0.1.0/vat/";
/** Maximum number of connections of all peers to one service, and of connections that a session has dialled. */
const SERVICE_LIMIT = 128;
const DIAL_LIMIT = 64;
/** Interval of the search for unused connections, besides that before each dial. */
const IDLE_MS = 10_000;

export function createPeerVats({ streams, connectPeer }: VatPowers, session: Lifetime): PeerVats {
  const dialled = new Set<Connection>();
  let dialling = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  /** Closes each connection of which its caller holds nothing any more. */
  const closeUnused = (): void => {
    for (const connection of dialled) {
      const { questions, answers, exports, imports } = connection.tableSizes;
      if (questions + answers + exports + imports === 0) connection[Symbol.dispose]();
    }
  };
  return {
    async serve(name, bootstrap, caller = session) {
      const lifetime = join(session, caller);
      requireLive(lifetime);
      const counts = createPeerCounts(SERVICE_LIMIT);
      const connections = new Set<Connection>();
      const take = (duplex: Duplex, peerId: Uint8Array): void => {
        const leave = counts.enter(peerId);
        if (leave === undefined) return duplex[Symbol.dispose]();
        using offered = bootstrap();
        const connection = connectPeer(duplex, offered, peerId);
        connections.add(connection);
        const forget = (): void => {
          connections.delete(connection);
          leave();
        };
        void connection.closed.then(forget, forget);
      };
      const listening = await streams.listen(VAT + requireName(name), take);
      lifetime.whenEnded(() => {
        listening[Symbol.dispose]();
        for (const connection of connections) connection[Symbol.dispose]();
      });
      requireLive(lifetime);
    },
    async dial(peerId, name, { lifetime: caller = session, ...options } = {}) {
      const lifetime = join(session, caller);
      requireLive(lifetime);
      const protocol = VAT + requireName(name);
      // Peers limit the connections of each caller, so a program that dials for each call must not wait for the interval.
      closeUnused();
      if (dialled.size + dialling >= DIAL_LIMIT) {
        throw new Exception("overloaded", `Cannot dial: ${DIAL_LIMIT} services are in use`);
      }
      dialling++;
      let duplex: Duplex;
      try {
        duplex = await streams.dial(peerId, protocol, options);
      } finally {
        dialling--;
      }
      const connection = connectPeer(duplex);
      if (lifetime.ended !== undefined) {
        connection[Symbol.dispose]();
        throw lifetime.ended;
      }
      dialled.add(connection);
      timer ??= setInterval(closeUnused, IDLE_MS);
      const keep = lifetime.whenEnded(() => connection[Symbol.dispose]());
      const forget = (): void => {
        keep();
        dialled.delete(connection);
        if (dialled.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
      void connection.closed.then(forget, forget);
      return connection.bootstrap(AnyClient);
    },
  };
}

const join = (session: Lifetime, caller: Lifetime): Lifetime =>
  joinLifetimes([session, caller]) ?? session;

function requireLive({ ended }: Lifetime): void {
  if (ended !== undefined) throw ended;
}

/** @throws {Exception} `failed` when the text is not a valid name of a service. */
export function requireName(name: string): string {
  if (/^[\w.-]{1,64}$/.test(name)) return name;
  throw new Exception(
    "failed",
    `"${name.slice(0, 64)}" is no name of a service: letters, digits, . _ -`,
  );
}

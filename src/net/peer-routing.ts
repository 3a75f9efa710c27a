/** Queries of the hash tables: for providers of content, addresses of peers, and records of names. */
import { createNotice, Exception, loadOnce, toMessage } from "#base";
import type { Waiting } from "#base";
import type { PeerId, PeerInfo } from "@libp2p/interface";
import { stop } from "@libp2p/interface";
import type { KadDHT, QueryEvent } from "@libp2p/kad-dht";
import type { CID } from "multiformats/cid";
import type { LateComponents } from "./create-libp2p.ts";
import type { DhtProtocol } from "./dht-protocols.ts";
import { startLate } from "./late-service.ts";
import { toRoutingKey } from "./name-record.ts";

export interface PeerRouting extends AsyncDisposable {
  /** Announces that this node has the content. @throws {Exception} `disconnected` when no peer accepts that. */
  provide(cid: CID, options?: Waiting): Promise<void>;
  /** Up to `limit` other providers, each once, as they are found; ends when all tables have answered. */
  findProviders(cid: CID, limit: number, options?: Waiting): AsyncIterable<PeerInfo>;
  /** The peer's addresses, as far as the tables know them; empty if no connected peer can be asked. */
  findPeer(peerId: PeerId, options?: Waiting): Promise<PeerInfo["multiaddrs"]>;
  /** A record of a name, not verified yet; `undefined` if there is none. */
  getRecord(key: CID, options?: Waiting): Promise<Uint8Array | undefined>;
  /** @throws {Exception} `disconnected` when no peer accepts it. */
  putRecord(key: CID, record: Uint8Array, options?: Waiting): Promise<void>;
}

export interface PeerRoutingOptions {
  readonly protocols: readonly DhtProtocol[];
  /** Whether the node expects to meet peers. */
  readonly expects: () => boolean;
  /** Time limit of a query; 10 s by default. */
  readonly limitMs?: number | undefined;
}

const DEFAULT_LIMIT_MS = 10_000;
/** How long a node that has just started may take to meet its first peer. */
const MEET_MS = 3_000;
/** Messages by which a peer says that it has kept something. */
const KEPT = new Set(["ADD_PROVIDER", "PUT_VALUE"]);

/** The tables are loaded and joined by the first query. */
export function createPeerRouting(
  components: LateComponents,
  { protocols, expects, limitMs = DEFAULT_LIMIT_MS }: PeerRoutingOptions,
): PeerRouting {
  let isOver = false;
  const identified = createNotice();
  const tell = (): void => identified.notify();
  components.events.addEventListener("peer:identify", tell);
  const join = async (): Promise<readonly KadDHT[]> => {
    const { createDht } = await import("./create-dht.ts");
    return Promise.all(
      protocols.map((protocol) => startLate(components, createDht(protocol, { isServer: false }))),
    );
  };
  const joined = loadOnce(join);
  const getTables = (): Promise<readonly KadDHT[]> => {
    if (isOver) throw new Exception("disconnected", "The node has stopped");
    return joined.get();
  };
  const limit = ({ signal }: Waiting): AbortSignal => {
    const late = AbortSignal.timeout(limitMs);
    return signal === undefined ? late : AbortSignal.any([signal, late]);
  };
  /** All tables' answers as they arrive; a table that fails, or is late, gives no more. */
  async function* ask(
    query: (table: KadDHT, signal: AbortSignal) => AsyncIterable<QueryEvent>,
    options: Waiting,
  ): AsyncGenerator<QueryEvent> {
    options.signal?.throwIfAborted();
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, limit(options)]);
    const tables = await getTables();
    const events: QueryEvent[] = [];
    const arrived = createNotice();
    const reading = new Set(tables);
    const read = async (table: KadDHT): Promise<void> => {
      try {
        for await (const event of query(table, signal)) {
          events.push(event);
          arrived.notify();
        }
      } catch {
        // The other tables may still answer.
      } finally {
        reading.delete(table);
        arrived.notify();
      }
    };
    const done = Promise.all(tables.map(read));
    try {
      while (reading.size > 0 || events.length > 0) {
        const event = events.shift();
        if (event !== undefined) yield event;
        // The signal ends this wait even if a table ignores it.
        else await arrived.wait({ signal });
      }
    } catch (reason) {
      options.signal?.throwIfAborted();
      if (!signal.aborted) throw reason;
    } finally {
      over.abort();
      void done; // never rejects
    }
  }
  /** Whether a connected peer can be asked. A node that has just started first waits to meet a peer. */
  const canAsk = async ({ signal }: Waiting): Promise<boolean> => {
    const { connectionManager, peerStore } = components;
    const late = AbortSignal.timeout(Math.min(MEET_MS, limitMs));
    const until = signal === undefined ? late : AbortSignal.any([signal, late]);
    for (;;) {
      let hasMet = false;
      for (const { remotePeer } of connectionManager.getConnections()) {
        const peer = await peerStore.get(remotePeer).catch(() => undefined);
        const spoken = new Set<string>(peer?.protocols);
        if (protocols.some((protocol) => spoken.has(protocol))) return true;
        hasMet ||= spoken.size > 0;
      }
      if (hasMet || !expects()) return false;
      try {
        await identified.wait({ signal: until });
      } catch {
        signal?.throwIfAborted();
        return false;
      }
    }
  };

  return {
    async provide(cid, options = {}) {
      const failure = `Cannot provide "${cid.toString()}"`;
      if (!isOver && components.addressManager.getAddresses().length === 0) {
        throw new Exception("disconnected", `${failure}: peers cannot reach this node yet`);
      }
      await send(
        ask((table, signal) => table.provide(cid, { signal }), options),
        failure,
      );
    },
    async *findProviders(cid, most, options = {}) {
      const seen = new Set([components.peerId.toString()]);
      let found = 0;
      if (most <= 0) return;
      for await (const event of ask(
        (table, signal) => table.findProviders(cid, { signal }),
        options,
      )) {
        if (event.name !== "PROVIDER") continue;
        for (const provider of event.providers) {
          if (seen.has(provider.id.toString())) continue;
          seen.add(provider.id.toString());
          yield provider;
          if (++found >= most) return;
        }
      }
    },
    async findPeer(peerId, options = {}) {
      if (!(await canAsk(options))) return [];
      const events = ask((table, signal) => table.findPeer(peerId, { signal }), options);
      for await (const event of events) {
        if (event.name === "FINAL_PEER" && event.peer.multiaddrs.length > 0) {
          return event.peer.multiaddrs;
        }
      }
      return [];
    },
    async getRecord(key, options = {}) {
      if (!(await canAsk(options))) return undefined;
      const routingKey = await toRoutingKey(key);
      let found: Uint8Array | undefined;
      for await (const event of ask(
        (table, signal) => table.get(routingKey, { signal }),
        options,
      )) {
        if (event.name === "VALUE") found = event.value;
      }
      return found;
    },
    async putRecord(key, record, options = {}) {
      const routingKey = await toRoutingKey(key);
      await send(
        ask((table, signal) => table.put(routingKey, record, { signal }), options),
        "Cannot publish the record",
      );
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      components.events.removeEventListener("peer:identify", tell);
      const tables = await joined.peek();
      if (tables !== undefined) await stop(...tables);
    },
  };
}

/** @throws {Exception} when no peer has kept it. */
async function send(events: AsyncIterable<QueryEvent>, failure: string): Promise<void> {
  let kept = 0;
  let trouble: unknown;
  for await (const event of events) {
    if (event.name === "PEER_RESPONSE" && KEPT.has(event.messageName)) kept++;
    if (event.name === "QUERY_ERROR") trouble = event.error;
  }
  if (kept > 0) return;
  const state = trouble === undefined ? "no peer was found that accepts it" : toMessage(trouble);
  throw new Exception("disconnected", `${failure}: ${state}`);
}

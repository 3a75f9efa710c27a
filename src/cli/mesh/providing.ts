/** Provider records in the hash table of a native node. */
import type { Waiting } from "#base";
import type { KadDHT } from "@libp2p/kad-dht";
import type { CID } from "multiformats/cid";

/** A peer that has announced that it has the content. */
export interface ContentProvider {
  readonly id: string;
  readonly addresses: readonly string[];
}

export interface Providing {
  /** Announces that this node has the content, in its own table and at the nearest nodes, from now on daily. */
  provide(cid: CID, options?: Waiting): Promise<void>;
  /** Up to `limit` providers, each once; this node too. */
  findProviders(cid: CID, limit: number, options?: Waiting): Promise<readonly ContentProvider[]>;
}

/** Time limit for the answers of other nodes. */
const QUESTION_MS = 5_000;

export function createProviding(table: KadDHT): Providing {
  return {
    async provide(cid, options = {}) {
      const signal = limit(options);
      try {
        // Stored first in this node's own part of the table, which suffices if no other node answers in time.
        for await (const _ of table.provide(cid, { signal }));
      } catch (reason) {
        options.signal?.throwIfAborted();
        if (!signal.aborted) throw reason;
      }
    },
    async findProviders(cid, most, options = {}) {
      const found = new Map<string, ContentProvider>();
      const signal = limit(options);
      try {
        for await (const event of table.findProviders(cid, { signal })) {
          if (event.name !== "PROVIDER") continue;
          for (const { id, multiaddrs } of event.providers) {
            const known = found.get(id.toString());
            const addresses = [...(known?.addresses ?? []), ...multiaddrs.map(String)];
            found.set(id.toString(), { id: id.toString(), addresses: [...new Set(addresses)] });
          }
          if (found.size >= most) break;
        }
      } catch (reason) {
        options.signal?.throwIfAborted();
        if (!signal.aborted) throw reason;
      }
      return [...found.values()].slice(0, most);
    },
  };
}

function limit({ signal }: Waiting): AbortSignal {
  const late = AbortSignal.timeout(QUESTION_MS);
  return signal === undefined ? late : AbortSignal.any([signal, late]);
}

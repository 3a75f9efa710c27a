/** Who has what, in the hash table of a native node. */
import type { Waiting } from "#base";
import type { KadDHT } from "@libp2p/kad-dht";
import type { CID } from "multiformats/cid";

/** One that has said that it has the content. */
export interface ContentProvider {
  readonly id: string;
  readonly addresses: readonly string[];
}

export interface Providing {
  /** Says that this node has the content, here and at the nodes next to it in the table, from now on daily. */
  provide(cid: CID, options?: Waiting): Promise<void>;
  /** Up to `limit` providers, each once; this node too. */
  findProviders(cid: CID, limit: number, options?: Waiting): Promise<readonly ContentProvider[]>;
}

/** How long others may take to answer. */
const QUESTION_MS = 5_000;

export function createProviding(table: KadDHT): Providing {
  return {
    async provide(cid, options = {}) {
      const signal = limit(options);
      try {
        // It is in this node's own part of the table first.
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

/** Helia's only block broker: tries providers in turn, and reports the cause of every failure. */
import { toException } from "#base";
import type { Exception } from "#base";
import type { BlockBroker } from "helia";
import type { CID } from "multiformats/cid";
import type { AskOptions } from "./answer.ts";
import type { Provider } from "./provider.ts";
import { toFetchException } from "./trouble.ts";
import type { Trouble } from "./trouble.ts";

/** Events that the broker sends to its request through Helia's `onProgress`. */
export type BrokerEvent =
  | { readonly type: "ww:block:fetched"; readonly detail: Uint8Array }
  | { readonly type: "ww:block:failed"; readonly detail: Exception }
  /** A provider requests a delay in seconds, or the delay is over. */
  | { readonly type: "ww:block:waiting"; readonly detail: number | undefined };

const BAD: ReadonlySet<Trouble["type"]> = new Set(["stalled", "slow", "unreachable", "corrupt"]);

export function createBroker(providers: () => readonly Provider[]): BlockBroker {
  // Providers that did not respond last time, or lied, are tried last, so that a dead one costs its time limit once.
  const bad = new WeakSet<Provider>();
  const retrieve = async (cid: CID, options: AskOptions): Promise<Uint8Array> => {
    const troubles: Trouble[] = [];
    const inTurn = providers().toSorted((a, b) => Number(bad.has(a)) - Number(bad.has(b)));
    for (const provider of inTurn) {
      const found = await provider.fetchBlock(cid, options);
      if (found instanceof Uint8Array) {
        bad.delete(provider);
        return found;
      }
      if (BAD.has(found.type)) bad.add(provider);
      troubles.push(found);
    }
    throw toFetchException(cid.toString(), troubles);
  };
  return {
    name: "providers",
    async retrieve(cid, { signal, onProgress } = {}) {
      const tell = onProgress as ((event: BrokerEvent) => void) | undefined;
      try {
        const onWait = (detail: number | undefined): void =>
          tell?.({ type: "ww:block:waiting", detail });
        const bytes = await retrieve(cid, { signal, onWait });
        tell?.({ type: "ww:block:fetched", detail: bytes });
        return bytes;
      } catch (reason) {
        if (signal?.aborted !== true)
          tell?.({ type: "ww:block:failed", detail: toException(reason) });
        throw reason;
      }
    },
  };
}

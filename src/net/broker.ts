/** Our only block broker: gateways in turn, and a cause for every failure. */
import { toException } from "#base";
import type { Exception } from "#base";
import type { BlockBroker } from "helia";
import type { CID } from "multiformats/cid";
import type { AskOptions } from "./answer.ts";
import type { Gateway } from "./gateway.ts";
import { toFetchException } from "./trouble.ts";
import type { Trouble } from "./trouble.ts";

/** What the broker tells the request it works for, by way of Helia's `onProgress`. */
export type BrokerEvent =
  | { readonly type: "ww:block:fetched"; readonly detail: Uint8Array }
  | { readonly type: "ww:block:failed"; readonly detail: Exception }
  /** A gateway asks to wait so many seconds, or that is over. */
  | { readonly type: "ww:block:waiting"; readonly detail: number | undefined };

export function createGatewayBroker(gateways: readonly Gateway[]): BlockBroker {
  // Gateways that did not answer last time are asked last, so that one dead gateway costs its stall time once.
  const silent = new Set<Gateway>();
  const retrieve = async (cid: CID, options: AskOptions): Promise<Uint8Array> => {
    const troubles: Trouble[] = [];
    const inTurn = gateways.toSorted((a, b) => Number(silent.has(a)) - Number(silent.has(b)));
    for (const gateway of inTurn) {
      const found = await gateway.fetchBlock(cid, options);
      if (found instanceof Uint8Array) {
        silent.delete(gateway);
        return found;
      }
      const { type } = found;
      if (type === "stalled" || type === "slow" || type === "unreachable") silent.add(gateway);
      troubles.push(found);
    }
    throw toFetchException(cid.toString(), troubles);
  };
  return {
    name: "gateways",
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

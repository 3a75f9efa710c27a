/** Helia's only block broker: tries gateways in turn, and reports the cause of every failure. */
import { toException } from "#base";
import type { Exception } from "#base";
import type { BlockBroker } from "helia";
import type { CID } from "multiformats/cid";
import type { AskOptions } from "./answer.ts";
import type { Gateway } from "./gateway.ts";
import { toFetchException } from "./trouble.ts";
import type { Trouble } from "./trouble.ts";

/** Events that the broker sends to its request through Helia's `onProgress`. */
export type BrokerEvent =
  | { readonly type: "ww:block:fetched"; readonly detail: Uint8Array }
  | { readonly type: "ww:block:failed"; readonly detail: Exception }
  /** A gateway requests a delay in seconds, or the delay is over. */
  | { readonly type: "ww:block:waiting"; readonly detail: number | undefined };

export function createGatewayBroker(gateways: readonly Gateway[]): BlockBroker {
  // Gateways that did not respond last time are tried last, so that a dead gateway costs its time limit once.
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

/** Helia's only block broker: tries providers in turn, the next one as well when one is slow, and reports the cause of every failure. */
import { sleep, toException } from "#base";
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

/** What one provider has answered. */
interface End {
  readonly provider: Provider;
  readonly found: Uint8Array | Trouble;
}

const BAD: ReadonlySet<Trouble["type"]> = new Set(["stalled", "slow", "unreachable", "corrupt"]);

/** After this long without an answer, the next provider is asked as well. */
const PATIENCE_MS = 1500;

export function createBroker(providers: () => readonly Provider[]): BlockBroker {
  // Providers that did not respond last time, or lied, are tried last, so that a dead one costs its time limit once.
  const bad = new WeakSet<Provider>();
  const retrieve = async (cid: CID, { signal, onWait }: AskOptions): Promise<Uint8Array> => {
    const troubles: Trouble[] = [];
    const inTurn = providers().toSorted((a, b) => Number(bad.has(a)) - Number(bad.has(b)));
    const over = new AbortController();
    const until = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
    const left = inTurn.values();
    const running = new Map<Provider, Promise<End>>();
    let waits = 0;
    const onOwnWait = (seconds: number | undefined): void => {
      waits += seconds === undefined ? -1 : 1;
      onWait?.(seconds);
    };
    const startNext = (): boolean => {
      const { value: provider } = left.next();
      if (provider === undefined) return false;
      const end = provider
        .fetchBlock(cid, { signal: until, onWait: onOwnWait })
        .then((found) => ({ provider, found }));
      end.catch(() => undefined); // nobody awaits an aborted request
      running.set(provider, end);
      return true;
    };
    let hasMore = startNext();
    try {
      while (running.size > 0) {
        const pause = new AbortController();
        const asked: Promise<End | undefined>[] = [...running.values()];
        if (hasMore) asked.push(sleep(PATIENCE_MS, pause.signal).then(() => undefined));
        const end = await Promise.race(asked).finally(() => pause.abort());
        signal?.throwIfAborted();
        if (end === undefined) {
          if (waits > 0) continue;
          for (const provider of running.keys()) bad.add(provider);
          hasMore = startNext();
          continue;
        }
        const { provider, found } = end;
        running.delete(provider);
        if (found instanceof Uint8Array) {
          bad.delete(provider);
          return found;
        }
        if (BAD.has(found.type)) bad.add(provider);
        troubles.push(found);
        hasMore = startNext();
      }
    } finally {
      over.abort();
    }
    const inOrder = inTurn.flatMap(({ name }) =>
      troubles.filter((trouble) => trouble.provider === name),
    );
    throw toFetchException(cid.toString(), inOrder);
  };
  return {
    name: "providers",
    async retrieve(cid, { signal, onProgress } = {}) {
      const report = onProgress as ((event: BrokerEvent) => void) | undefined;
      try {
        const onWait = (detail: number | undefined): void =>
          report?.({ type: "ww:block:waiting", detail });
        const bytes = await retrieve(cid, { signal, onWait });
        report?.({ type: "ww:block:fetched", detail: bytes });
        return bytes;
      } catch (reason) {
        if (signal?.aborted !== true)
          report?.({ type: "ww:block:failed", detail: toException(reason) });
        throw reason;
      }
    },
  };
}

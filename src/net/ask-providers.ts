/** Requests a layer from providers in turn: the next one is asked when one has failed, or when nothing arrives. */
import { sleep } from "#base";
import type { Waiting } from "#base";
import type { Provider } from "./provider.ts";
import type { Trouble } from "./trouble.ts";

export interface AskPowers extends Waiting {
  /** Requests the missing blocks from one provider. Rejects with an error that no other provider would avoid. */
  readonly ask: (provider: Provider, signal: AbortSignal) => Promise<Trouble | undefined>;
  /** Whether no block is missing any more. */
  readonly isDone: () => Promise<boolean>;
  /** The number of blocks that have arrived. */
  readonly arrived: () => number;
  /** Whether a provider has asked for a delay. */
  readonly isWaiting: () => boolean;
  /** Time without a block after which the next provider is asked as well. */
  readonly patienceMs: number;
  /** Time without a first block after which all requests are given up. */
  readonly stallMs: number;
  /** Time without a further block after which all requests are given up. */
  readonly quietMs: number;
}

/** The number of blocks that had arrived `ms` ago. */
interface Stall {
  readonly before: number;
  readonly ms: number;
}

/** How the request to one provider ended. */
interface End {
  readonly provider: Provider;
  readonly trouble: Trouble | undefined;
}

/**
 * Once no block is missing, the remaining requests are aborted.
 *
 * @returns why providers have failed; `undefined` when nothing is missing
 */
export async function askProviders(
  providers: readonly Provider[],
  { ask, isDone, arrived, isWaiting, patienceMs, stallMs, quietMs, signal }: AskPowers,
): Promise<readonly Trouble[] | undefined> {
  const over = new AbortController();
  const until = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  const left = providers.values();
  const running = new Map<Provider, Promise<End>>();
  const troubles: Trouble[] = [];
  const sorted = (): readonly Trouble[] =>
    providers.flatMap((provider) =>
      troubles.filter((trouble) => trouble.provider === provider.name),
    );
  const startNext = (): boolean => {
    const { value: provider } = left.next();
    if (provider === undefined) return false;
    const end = ask(provider, until).then((trouble) => ({ provider, trouble }));
    end.catch(() => undefined); // nobody awaits an aborted request
    running.set(provider, end);
    return true;
  };
  const stall = async (ms: number): Promise<Stall> => {
    const before = arrived();
    await sleep(ms, until);
    return { before, ms };
  };
  let stalling = stall(stallMs);
  let hasMore = startNext();
  try {
    while (running.size > 0) {
      const before = arrived();
      const pause = new AbortController();
      const waits: Promise<End | Stall | "quiet">[] = [...running.values(), stalling];
      if (hasMore) waits.push(sleep(patienceMs, pause.signal).then(() => "quiet" as const));
      const next = await Promise.race(waits).finally(() => pause.abort());
      signal?.throwIfAborted();
      if (next === "quiet") {
        if (arrived() === before && !isWaiting()) hasMore = startNext();
      } else if ("ms" in next) {
        const { before: count, ms } = next;
        stalling = stall(quietMs);
        if (arrived() > count || isWaiting()) continue;
        for (const { name } of running.keys()) {
          troubles.push({ type: "stalled", provider: name, stallMs: ms });
        }
        return sorted();
      } else {
        running.delete(next.provider);
        if (next.trouble !== undefined) troubles.push(next.trouble);
        if (await isDone()) return undefined;
        hasMore = startNext();
      }
    }
    return sorted();
  } finally {
    over.abort();
  }
}

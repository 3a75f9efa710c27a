/** What waits for one reader: bounded, with an end, and with a word when nothing has come for a while. */
import { createNotice } from "#base";
import type { AgentPowers } from "./powers.ts";

export interface EventQueue<T> {
  /** Whether its owner should go on giving; a queue past its bound still takes what is pushed. */
  readonly hasRoom: boolean;
  push(event: T, weight?: number): void;
  /** After what was pushed; a failure is thrown to the reader then. */
  end(failure?: Error): void;
  /** Drops what waits, and ends with a failure. */
  cut(failure: Error): void;
  /** Everything that waits, at once. @throws the failure that it has ended with */
  takeAll(): T[];
  /** The next event, `"silence"` after so many milliseconds without one, or `undefined` at the end. */
  next(silenceMs: number, signal: AbortSignal): Promise<{ readonly event: T } | "silence" | undefined>;
  /** Resolves to whether there is room, or will never be need of it, before so many milliseconds without a read. */
  untilRoom(stalledMs: number): Promise<boolean>;
}

export function createEventQueue<T>(
  { startTimer }: Pick<AgentPowers, "startTimer">,
  limit: number,
): EventQueue<T> {
  const arrived = createNotice();
  const taken = createNotice();
  let waiting: { event: T; weight: number }[] = [];
  let weight = 0;
  let reads = 0;
  let ended = false;
  let failure: Error | undefined;

  const end = (why?: Error): void => {
    if (ended) return;
    ended = true;
    failure = why;
    arrived.notify();
    taken.notify();
  };
  return {
    get hasRoom() {
      return ended || weight < limit;
    },
    push(event, eventWeight = 1) {
      if (ended) return;
      waiting.push({ event, weight: eventWeight });
      weight += eventWeight;
      arrived.notify();
    },
    end,
    cut(why) {
      waiting = [];
      weight = 0;
      ended = false;
      end(why);
    },
    takeAll() {
      const all = waiting.map(({ event }) => event);
      waiting = [];
      weight = 0;
      if (all.length === 0 && failure !== undefined) throw failure;
      taken.notify();
      return all;
    },
    async next(silenceMs, signal) {
      signal.throwIfAborted();
      let silent = false;
      const stop = startTimer(silenceMs, () => {
        silent = true;
        arrived.notify();
      });
      try {
        while (waiting.length === 0 && !ended && !silent) await arrived.wait({ signal });
      } finally {
        stop();
      }
      const first = waiting.shift();
      if (first !== undefined) {
        weight -= first.weight;
        reads++;
        taken.notify();
        return { event: first.event };
      }
      if (failure !== undefined) throw failure;
      return ended ? undefined : "silence";
    },
    async untilRoom(stalledMs) {
      for (let before = -1; !ended && weight >= limit;) {
        if (before === reads) return false;
        before = reads;
        let late = false;
        const stop = startTimer(stalledMs, () => {
          late = true;
          taken.notify();
        });
        try {
          while (!ended && weight >= limit && !late) await taken.wait();
        } finally {
          stop();
        }
      }
      return true;
    },
  };
}

/** A queue of events for one reader, with a bound and an end; the reader learns of silence, too. */
import { createNotice } from "#base";
import type { AgentPowers } from "./powers.ts";

export type Next<T> = { readonly event: T } | "silence" | undefined;

/** Its owner should push only while there is room: a full queue does not refuse an event. */
export class EventQueue<T> {
  readonly #startTimer: AgentPowers["startTimer"];
  readonly #limit: number;
  readonly #arrived = createNotice();
  readonly #taken = createNotice();
  #waiting: { readonly event: T; readonly weight: number }[] = [];
  #weight = 0;
  #reads = 0;
  #ended = false;
  #failure: Error | undefined;

  constructor({ startTimer }: Pick<AgentPowers, "startTimer">, limit: number) {
    this.#startTimer = startTimer;
    this.#limit = limit;
  }

  get hasRoom(): boolean {
    return this.#ended || this.#weight < this.#limit;
  }

  push(event: T, weight = 1): void {
    if (this.#ended) return;
    this.#waiting.push({ event, weight });
    this.#weight += weight;
    this.#arrived.notify();
  }

  /** Ends the queue after all events that were pushed; a failure is then thrown to the reader. */
  end(failure?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#arrived.notify();
    this.#taken.notify();
  }

  /** Drops all waiting events, and ends with a failure. */
  cut(failure: Error): void {
    this.#drop();
    this.end(failure);
  }

  /** Takes all waiting events. @throws the failure that the queue has ended with, once no event waits */
  takeAll(): T[] {
    const all = this.#waiting.map(({ event }) => event);
    if (all.length === 0 && this.#failure !== undefined) throw this.#failure;
    this.#drop();
    return all;
  }

  /** The next event, `"silence"` after `silenceMs` without one, or `undefined` at the end. */
  async next(silenceMs: number, signal: AbortSignal): Promise<Next<T>> {
    signal.throwIfAborted();
    const silence = this.#openTimer(silenceMs, this.#arrived);
    try {
      while (this.#waiting.length === 0 && !this.#ended && !silence.isOver) {
        await this.#arrived.wait({ signal });
      }
    } finally {
      silence.stop();
    }
    const first = this.#waiting.shift();
    if (first !== undefined) {
      this.#weight -= first.weight;
      this.#reads++;
      this.#taken.notify();
      return { event: first.event };
    }
    if (this.#failure !== undefined) throw this.#failure;
    return this.#ended ? undefined : "silence";
  }

  /** Resolves to true once there is room or the queue has ended, to false when nothing was read for `stalledMs`. */
  async untilRoom(stalledMs: number): Promise<boolean> {
    for (let before = -1; !this.hasRoom;) {
      if (before === this.#reads) return false;
      before = this.#reads;
      const late = this.#openTimer(stalledMs, this.#taken);
      try {
        while (!this.hasRoom && !late.isOver) await this.#taken.wait();
      } finally {
        late.stop();
      }
    }
    return true;
  }

  #drop(): void {
    this.#waiting = [];
    this.#weight = 0;
    this.#taken.notify();
  }

  #openTimer(ms: number, { notify }: { notify: () => void }): { isOver: boolean; stop(): void } {
    const stop = this.#startTimer(ms, () => {
      timer.isOver = true;
      notify();
    });
    const timer = { isOver: false, stop };
    return timer;
  }
}

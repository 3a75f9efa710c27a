/** Finish and Release messages, deferred until the next send, since no one waits for them. */
import type { Answered, ReleaseQueue, Link } from "./link.ts";
import { afterMs } from "./turns.ts";
import { buildFinish, buildRelease } from "./build-message.ts";

/**
 * Queue of deferred Finish and Release messages.
 *
 * A Finish can release all capabilities of the results at once. It is written as late as possible: by then a program
 * that has pipelined has usually released them, and no Release is needed.
 */
export class DeferredReleases implements ReleaseQueue {
  readonly #link: Link;
  #answered: Answered[] = [];
  readonly #releases = new Map<number, number>();
  #isDeferred = false;
  #flushing = false;

  constructor(link: Link) {
    this.#link = link;
  }

  finish(question: Answered): void {
    this.#answered.push(question);
    this.#defer();
  }

  /** Queues a Release of an import that the peer has sent `count` times. */
  release(id: number, count: number): void {
    this.#releases.set(id, count + (this.#releases.get(id) ?? 0));
    this.#defer();
  }

  /**
   * Sends the queued messages, behind everything sent before.
   *
   * Sending flushes the outbox, which calls this method again: without the flag, 1 500 messages overflowed the stack.
   */
  flush(): void {
    if (this.#flushing || (this.#answered.length === 0 && this.#releases.size === 0)) return;
    this.#flushing = true;
    const { space } = this.#link;
    const answered = this.#answered;
    this.#answered = [];
    for (const question of answered) {
      const releases = this.#takeReferences(question.resultImports);
      this.#link.send(buildFinish(space, question.id, releases));
      question.onFinished();
    }
    for (const [id, count] of this.#releases) {
      this.#releases.delete(id);
      if (count > 0) this.#link.send(buildRelease(space, id, count));
    }
    this.#flushing = false;
  }

  clear(): void {
    this.#answered = [];
    this.#releases.clear();
  }

  /**
   * Takes one reference of each import from the pending Releases, if all have one. @returns whether the Finish
   * releases them
   */
  #takeReferences(ids: readonly number[]): boolean {
    const counts = this.#releases;
    for (const [at, id] of ids.entries()) {
      const count = counts.get(id) ?? 0;
      if (count === 0) {
        for (const taken of ids.slice(0, at)) counts.set(taken, (counts.get(taken) ?? 0) + 1);
        return false;
      }
      counts.set(id, count - 1);
    }
    return ids.length > 0;
  }

  #defer(): void {
    if (this.#isDeferred) return;
    this.#isDeferred = true;
    afterMs(
      DEFER_MS,
      () => {
        this.#isDeferred = false;
        this.flush();
      },
      DEFER_TURNS,
    );
  }
}

/** How long messages may be deferred. A program that got an answer usually sends its next call sooner. */
const DEFER_MS = 5;
/** The delay in microtasks, for engines without timers. */
const DEFER_TURNS = 8;

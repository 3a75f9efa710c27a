/** What the peer may forget: Finish and Release messages. Nobody waits for them, so they travel with what is sent next. */
import type { Answered, Forgetting, Link } from "./link.ts";
import { afterMs } from "./turns.ts";
import { buildFinish, buildRelease } from "./build-message.ts";

/**
 * A Finish can release all the capabilities of the results at once. So it is written as late as possible: a program that
 * called ahead has mostly let go of them by then, and no Release is needed.
 */
export class Farewells implements Forgetting {
  readonly #link: Link;
  #answered: Answered[] = [];
  readonly #releases = new Map<number, number>();
  #waiting = false;
  #leaving = false;

  constructor(link: Link) {
    this.#link = link;
  }

  finish(question: Answered): void {
    this.#answered.push(question);
    this.#wait();
  }

  /** The peer's capability is not held any more; it has counted it so often. */
  release(id: number, count: number): void {
    this.#releases.set(id, count + (this.#releases.get(id) ?? 0));
    this.#wait();
  }

  /**
   * Sends them, behind whatever was sent before.
   *
   * Sending makes frames leave, which asks for this again: without the mark, 1 500 of them overflowed the stack.
   */
  leave(): void {
    if (this.#leaving || (this.#answered.length === 0 && this.#releases.size === 0)) return;
    this.#leaving = true;
    const { space } = this.#link;
    const answered = this.#answered;
    this.#answered = [];
    for (const question of answered) {
      const releases = this.#takeBack(question.resultImports);
      this.#link.send(buildFinish(space, question.id, releases));
      question.onFinished();
    }
    for (const [id, count] of this.#releases) {
      this.#releases.delete(id);
      if (count > 0) this.#link.send(buildRelease(space, id, count));
    }
    this.#leaving = false;
  }

  clear(): void {
    this.#answered = [];
    this.#releases.clear();
  }

  /** Whether all of them are to be released, once each; that is then left to whoever asked. */
  #takeBack(ids: readonly number[]): boolean {
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

  #wait(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    afterMs(
      PATIENCE_MS,
      () => {
        this.#waiting = false;
        this.leave();
      },
      PATIENCE_TURNS,
    );
  }
}

/** How long they may stay: a program that was told something mostly asks again before. */
const PATIENCE_MS = 5;
/** Where there are no timers. */
const PATIENCE_TURNS = 8;

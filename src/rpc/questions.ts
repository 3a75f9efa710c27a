/** Calls that this side has made and that the peer still has to answer, or has not been told to forget. */
import { Exception } from "#base";
import { PendingAnswer } from "#capnp";
import type { Answer, CallRequest, Capability, Early, PromisedCapability } from "#capnp";
import { createIds } from "./ids.ts";
import type { Link } from "./link.ts";
import { buildFinish } from "./wire.ts";
import type { Target } from "./wire.ts";

/** Calls on what an answer will hold, sent ahead. */
export class AnswerRoute implements Early {
  readonly link: Link;
  readonly target: Target;

  constructor(link: Link, target: Target) {
    this.link = link;
    this.target = target;
  }

  call(request: CallRequest): Answer {
    return this.link.call(this.target, request);
  }
  release(): void {}
}

export interface Question {
  readonly id: number;
  readonly answer: PendingAnswer;
  /** Exports in the parameters, which the peer may release all at once. */
  paramExports: readonly number[];
  /** This side has lost interest and said so; the id is free when the answer arrives. */
  finished: boolean;
}

export class Questions {
  readonly #link: Link;
  readonly #onAhead: (ahead: PromisedCapability, found: Capability, target: Target) => void;
  readonly #entries = new Map<number, Question>();
  readonly #ids = createIds();

  constructor(
    link: Link,
    onAhead: (ahead: PromisedCapability, found: Capability, target: Target) => void,
  ) {
    this.#link = link;
    this.#onAhead = onAhead;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A new question. Whoever aborts the signal has its answer fail at once. */
  add(signal?: AbortSignal): Question {
    const id = this.#ids.take();
    const toAhead = (path: readonly number[]): Target => ({ type: "answer", questionId: id, path });
    const aborted = (): void => {
      question.answer.fail(signal?.reason);
      this.#giveUp(question);
    };
    const question: Question = {
      id,
      answer: new PendingAnswer({
        early: (path) => new AnswerRoute(this.#link, toAhead(path)),
        onAhead: (ahead, found, path) => this.#onAhead(ahead, found, toAhead(path)),
        onAbandoned: () => this.#giveUp(question),
      }),
      paramExports: [],
      finished: false,
    };
    this.#entries.set(id, question);
    if (signal !== undefined) {
      signal.addEventListener("abort", aborted, { once: true });
      const forget = (): void => signal.removeEventListener("abort", aborted);
      question.answer.settled(forget, forget);
    }
    return question;
  }

  get(id: number): Question | undefined {
    return this.#entries.get(id);
  }

  /** The answer has arrived and was dealt with; the peer is told to forget it unless it has. */
  close(question: Question, tell: boolean): void {
    if (this.#entries.get(question.id) !== question) return;
    if (tell && !question.finished) this.#link.send(buildFinish(question.id, false));
    this.#entries.delete(question.id);
    this.#ids.give(question.id);
  }

  clear(failure: Exception): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const { answer } of entries) {
      answer.fail(new Exception("disconnected", failure.message, { cause: failure }));
    }
  }

  #giveUp(question: Question): void {
    if (question.finished || this.#entries.get(question.id) !== question) return;
    question.finished = true;
    this.#link.send(buildFinish(question.id, true));
  }
}

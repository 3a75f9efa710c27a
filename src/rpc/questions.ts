/** The question table: calls of this side that have not been both returned and finished. */
import { whenAborted } from "#base";
import type { Exception } from "#base";
import { PendingAnswer } from "#capnp/wire";
import type {
  PipelineRoute,
  AnswerOwner,
  Capability,
  PipelineTarget,
  PromisedCapability,
} from "#capnp/wire";
import { createIds } from "./ids.ts";
import { toDisconnected } from "./imports.ts";
import type { Answered, Link } from "./link.ts";
import { buildFinish } from "./build-message.ts";
import { RemoteCapability } from "./remote-capability.ts";
import type { Target } from "./wire.ts";

const NO_IDS: readonly number[] = [];

/** One call of this side; owns its answer. */
export class Question implements PipelineRoute, Answered, AnswerOwner {
  readonly id: number;
  readonly answer: PendingAnswer = new PendingAnswer(this, this);
  /** Exports in the parameters; a Return with `releaseParamCaps` releases each once. */
  paramExports: readonly number[] = NO_IDS;
  /** Imports in the results; a Finish with `releaseResultCaps` releases each once. */
  resultImports: readonly number[] = NO_IDS;
  /** The call was cancelled and its Finish sent; the id is free when the Return arrives. */
  finished = false;
  /**
   * The results are those of a call of the peer (`takeFromOtherQuestion`), so pipelined calls come back to this vat.
   */
  cameBack: true | undefined;
  readonly #questions: Questions;

  constructor(id: number, questions: Questions) {
    this.id = id;
    this.#questions = questions;
  }

  targetOf(path: readonly number[]): PipelineTarget {
    return new RemoteCapability(this.#questions.link, this.#toTarget(path)).retain();
  }
  onResolved(promised: PromisedCapability, found: Capability, path: readonly number[]): void {
    this.#questions.onResolved(promised, found, this.#toTarget(path), this.cameBack);
  }
  onAbandoned(): void {
    this.#questions.abandon(this);
  }
  onFinished(): void {
    this.#questions.free(this.id);
  }

  #toTarget(path: readonly number[]): Target {
    return { type: "answer", questionId: this.id, path };
  }
}

type OnResolved = (
  promised: PromisedCapability,
  found: Capability,
  target: Target,
  cameBack: true | undefined,
) => void;

export class Questions {
  readonly link: Link;
  /** Called when a pipelined capability of the answer at `target` is resolved. */
  readonly onResolved: OnResolved;
  readonly #entries = new Map<number, Question>();
  readonly #ids = createIds();

  constructor(link: Link, onResolved: OnResolved) {
    this.link = link;
    this.onResolved = onResolved;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Adds a question. Its answer fails as soon as the signal aborts. */
  add(signal?: AbortSignal): Question {
    const question = new Question(this.#ids.take(), this);
    this.#entries.set(question.id, question);
    if (signal !== undefined) this.#follow(question, signal);
    return question;
  }

  get(id: number): Question | undefined {
    return this.#entries.get(id);
  }

  /** Closes a question after its Return. @param needsFinish whether the peer waits for a Finish */
  close(question: Question, needsFinish: boolean): void {
    if (this.#entries.get(question.id) !== question) return;
    this.#entries.delete(question.id);
    if (needsFinish && !question.finished) this.link.deferred.finish(question);
    else this.free(question.id);
  }

  /** Makes an id available again. */
  free(id: number): void {
    this.#ids.give(id);
  }

  /** Cancels the call: sends its Finish before the Return. */
  abandon(question: Question): void {
    if (question.finished || this.#entries.get(question.id) !== question) return;
    question.finished = true;
    this.link.send(buildFinish(this.link.space, question.id, true));
  }

  clear(failure: Exception): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const { answer } of entries) {
      answer.fail(toDisconnected(failure));
    }
  }

  #follow(question: Question, signal: AbortSignal): void {
    const forget = whenAborted(signal, () => {
      question.answer.fail(signal.reason);
      this.abandon(question);
    });
    question.answer.settled(forget, forget);
  }
}

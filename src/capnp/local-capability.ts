/** Objects of this vat as capabilities. */
import { Exception } from "#base";
import { MessageBuilder } from "./builder.ts";
import type { PointerBuilder } from "./builder.ts";
import type { Answer, CallRequest, Capability, ReceivedParams } from "./capability.ts";
import type { CallContext, InterfaceType } from "./interface.ts";
import { readBack, toReceivedParams } from "./params.ts";
import { PendingAnswer } from "./promise.ts";
import type { AnswerOwner } from "./promise.ts";
import { callServed, findMethod } from "./served.ts";

/**
 * One object of this vat; disposed, if it can be, when the last holder anywhere is gone.
 *
 * Calls begin in the order in which they were made. While a streaming method runs, later calls wait; when one has failed,
 * all later calls fail as it did.
 */
export class LocalCapability implements Capability {
  readonly #target: object;
  readonly #type: InterfaceType;
  #holders = 1;
  #streaming = false;
  #streamFailure: { readonly reason: unknown } | undefined;
  #waiting: Job[] = [];

  constructor(target: object, type: InterfaceType) {
    this.#target = target;
    this.#type = type;
  }

  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) disposeServed(this.#target);
  }

  call(request: CallRequest): Answer {
    const job = new Job(request, toReceivedParams(request.params));
    this.retain();
    // Never inside the caller's own turn.
    queueMicrotask(() => this.#begin(job));
    return job.answer;
  }

  #begin(job: Job): void {
    if (this.#streaming) this.#waiting.push(job);
    else void this.#run(job); // never rejects
  }

  async #run(job: Job): Promise<void> {
    const { request, answer } = job;
    const { signal } = request;
    const aborted = (): void => {
      answer.fail(signal?.reason);
      job.onAbandoned();
    };
    signal?.addEventListener("abort", aborted, { once: true });
    let message: MessageBuilder | undefined;
    let streaming = false;
    try {
      signal?.throwIfAborted();
      // Given up before it began: nobody learns whether it was made.
      if (job.isAbandoned) throw CANCELED;
      if (this.#streamFailure !== undefined) throw this.#streamFailure.reason;
      const method = findMethod(this.#type, request);
      streaming = method.streaming === true;
      this.#streaming = streaming;
      let root: PointerBuilder | undefined;
      const tail = await callServed(this.#target, method, job.params.root, job, (type) => {
        root = request.results?.open() ?? new MessageBuilder({ takesClients: true }).root;
        message = root.message;
        return root.initStruct(type.dataWords, type.pointers);
      });
      if (tail !== undefined) answer.link(tail);
      else if (root !== undefined) fulfil(answer, root);
    } catch (reason) {
      message?.release();
      if (streaming) this.#streamFailure ??= { reason };
      answer.fail(reason);
    } finally {
      signal?.removeEventListener("abort", aborted);
      job.params.release();
      if (streaming) this.#resume();
      this.release();
    }
  }

  /** A streaming method has ended: what came after it begins, up to the next one. */
  #resume(): void {
    this.#streaming = false;
    while (!this.#streaming) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      this.#begin(job);
    }
  }
}

/** The results are what was written at the pointer; its message goes with them. */
function fulfil(answer: PendingAnswer, root: PointerBuilder): void {
  const { message } = root;
  answer.fulfil(readBack(message).pointerAt(root), () => message.release());
}

/** A call on its way to the object, and what the method is told of it. */
class Job implements AnswerOwner, CallContext {
  readonly request: CallRequest;
  readonly params: ReceivedParams;
  readonly answer: PendingAnswer = new PendingAnswer(this);
  #cancel: AbortController | undefined;
  #canceled = false;

  constructor(request: CallRequest, params: ReceivedParams) {
    this.request = request;
    this.params = params;
  }

  /** Made when a method asks for it, which few do: a controller costs as much as all the rest of a call. */
  get signal(): AbortSignal {
    this.#cancel ??= new AbortController();
    if (this.#canceled) this.#cancel.abort(CANCELED);
    return this.#cancel.signal;
  }

  get isAbandoned(): boolean {
    return this.#canceled;
  }

  onAbandoned(): void {
    this.#canceled = true;
    this.#cancel?.abort(CANCELED);
  }
}

const CANCELED = new Exception("failed", "Call was canceled");

function disposeServed(target: object): void {
  try {
    if (Symbol.dispose in target) {
      (target as Disposable)[Symbol.dispose]();
    } else if (Symbol.asyncDispose in target) {
      void (target as AsyncDisposable)[Symbol.asyncDispose]().then(undefined, () => undefined);
    }
  } catch {
    // Nobody is left to be told, and whoever let go last, perhaps a peer, is not concerned.
  }
}

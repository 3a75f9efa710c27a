/** Objects of this vat as capabilities. */
import { Exception } from "#base";
import { MessageBuilder } from "./builder.ts";
import type { PointerBuilder } from "./builder.ts";
import type { Answer, CallRequest, Capability, ReceivedParams } from "./capability.ts";
import type { InterfaceType } from "./interface.ts";
import { readBack, toReceivedParams } from "./params.ts";
import { PendingAnswer } from "./promise.ts";
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
    const cancel = new AbortController();
    const answer = new PendingAnswer({ onAbandoned: () => cancel.abort(CANCELED) });
    const params = toReceivedParams(request.params);
    this.retain();
    // Never inside the caller's own turn.
    queueMicrotask(() => this.#begin({ request, params, cancel, answer }));
    return answer;
  }

  #begin(job: Job): void {
    if (this.#streaming) {
      this.#waiting.push(job);
      return;
    }
    void this.#run(job); // never rejects
  }

  async #run({ request, params, cancel, answer }: Job): Promise<void> {
    const { signal } = request;
    const aborted = (): void => {
      answer.fail(signal?.reason);
      cancel.abort(signal?.reason);
    };
    signal?.addEventListener("abort", aborted, { once: true });
    let message: MessageBuilder | undefined;
    let streaming = false;
    try {
      signal?.throwIfAborted();
      if (this.#streamFailure !== undefined) throw this.#streamFailure.reason;
      const method = findMethod(this.#type, request);
      streaming = method.streaming === true;
      this.#streaming = streaming;
      let root: PointerBuilder | undefined;
      const tail = await callServed(this.#target, method, params.root, cancel, (type) => {
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
      params.release();
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

/** A call on its way to the object. */
interface Job {
  readonly request: CallRequest;
  readonly params: ReceivedParams;
  readonly cancel: AbortController;
  readonly answer: PendingAnswer;
}

const CANCELED = new Exception("failed", "Call was canceled");

function disposeServed(target: object): void {
  if (Symbol.dispose in target) {
    (target as Disposable)[Symbol.dispose]();
  } else if (Symbol.asyncDispose in target) {
    // Nobody is left to be told of a failure.
    void (target as AsyncDisposable)[Symbol.asyncDispose]().then(undefined, () => undefined);
  }
}

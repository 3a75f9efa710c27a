/** Objects of this vat as capabilities. */
import { Exception } from "#base";
import { MessageBuilder } from "./builder.ts";
import type { Answer, CallRequest, Capability } from "./capability.ts";
import type { InterfaceType } from "./interface.ts";
import { readBack, toReceivedParams } from "./params.ts";
import { PendingAnswer } from "./promise.ts";
import type { PointerReader } from "./reader.ts";
import { callServed } from "./served.ts";

/** One object of this vat; disposed, if it can be, when the last holder anywhere is gone. */
export class LocalCapability implements Capability {
  readonly #target: object;
  readonly #type: InterfaceType;
  #holders = 1;

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
    const aborted = (): void => {
      answer.fail(request.signal?.reason);
      cancel.abort(request.signal?.reason);
    };
    request.signal?.addEventListener("abort", aborted, { once: true });
    this.retain();
    // Calls begin one after the other in the order made, and never inside the caller's own turn.
    queueMicrotask(() => {
      void this.#serve(request, params.root, cancel.signal, answer).finally(() => {
        request.signal?.removeEventListener("abort", aborted);
        params.release();
        this.release();
      });
    });
    return answer;
  }

  /** Never rejects. */
  async #serve(
    request: CallRequest,
    params: PointerReader,
    signal: AbortSignal,
    answer: PendingAnswer,
  ): Promise<void> {
    let message: MessageBuilder | undefined;
    try {
      signal.throwIfAborted();
      let pointer = request.results?.open();
      message = pointer?.message ?? new MessageBuilder({ takesClients: true });
      pointer ??= message.root;
      const { interfaceId, methodId } = request;
      const call = { interfaceId, methodId, params };
      await callServed(this.#target, this.#type, call, { signal }, (type) =>
        pointer.initStruct(type.dataWords, type.pointers),
      );
      const held = message;
      answer.fulfil(readBack(held).pointerAt(pointer), () => held.release());
    } catch (error) {
      message?.release();
      answer.fail(error);
    }
  }
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

/** Calls as programs see them: promises of results whose capabilities can be pipelined on. */
import type { PipelineFields } from "./pipeline-type.ts";
import type { Answer } from "./capability.ts";
import { createClient, disposeClients, forgotten } from "./client.ts";
import type { Client, Held, HolderOfClients } from "./client.ts";
import type { Pipelined } from "./init.ts";
import type { Loan } from "./space.ts";
import type { StructType } from "./types.ts";

/** The last argument of every method. */
export interface CallOptions {
  /** Cancels the call, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The record of results. Disposing it releases its capabilities, and the memory of its `Data` if that is lent. */
export type Results<T> = T & Disposable;

/**
 * A pending call: a promise of its results, whose capabilities can be called at once.
 *
 * Await it or dispose it. The awaiting program owns the capabilities in the results. Disposing a pending call cancels
 * it, and disposes all pipelined clients taken from it: `using call = make(); await call.counter.add()` leaves
 * nothing behind; `dup` a client that must live longer. A call that is not awaited ends when the last pipelined
 * client is disposed. A call that is garbage collected runs to its end.
 *
 * @throws {Exception} the served method's error, or `disconnected`.
 */
export type Call<T> = CallPromise<T> & Pipelined<T>;

export interface CallPromise<T> extends PromiseLike<Results<T>>, Disposable {
  catch<U>(onRejected: (reason: unknown) => U | PromiseLike<U>): Promise<Results<T> | U>;
  finally(onFinally: () => void): Promise<Results<T>>;
}

/** Creates the `Call` objects of one method. */
export interface CallMaker<T> {
  /** Whether the results have anything to pipeline on. */
  readonly canPipeline: boolean;
  /** Takes ownership of the answer. */
  make(answer: Answer): Call<T>;
}

/** Creates the maker for a result type. Create one for each method, since it analyses the type. */
export function createCallMaker<T>(type: StructType<T>): CallMaker<T> {
  const { pipelined } = type;
  if (pipelined === undefined) {
    return {
      canPipeline: false,
      make: (answer) => new PendingCall(answer, type) as unknown as Call<T>,
    };
  }
  const prototype = Object.create(PendingCall.prototype) as PendingCall<T>;
  addPipelined(prototype, pipelined, []);
  const constructor = toConstructor(prototype);
  return {
    canPipeline: true,
    make: (answer) =>
      Reflect.construct(PendingCall, [answer, type], constructor) as unknown as Call<T>,
  };
}

export function isCall(value: unknown): value is CallPromise<unknown> {
  return value instanceof PendingCall;
}

/** The answer of a call that will not be awaited. Transfers ownership to the caller. */
export function takeAnswer(call: CallPromise<unknown>): Answer {
  return (call as PendingCall<unknown>).takeAnswer();
}

class PendingCall<T> {
  readonly #type: StructType<T>;
  readonly #held: HeldCall;
  #promise: Promise<Results<T>> | undefined;

  constructor(answer: Answer, type: StructType<T>) {
    this.#type = type;
    this.#held = new HeldCall(answer);
    if (type.pipelined !== undefined) forgotten?.register(this, this.#held, this.#held);
  }

  /** A pipelined client of the capability at a path of the results. */
  takePipelined(path: readonly number[], clientPrototype: object): Client {
    return createClient(clientPrototype, this.#held.answer.pipeline(path), this.#held);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a call is awaited like any promise
  then<U, V>(
    onFulfilled?: ((results: Results<T>) => U | PromiseLike<U>) | null,
    onRejected?: ((reason: unknown) => V | PromiseLike<V>) | null,
  ): Promise<U | V> {
    return this.#settle().then(onFulfilled, onRejected);
  }

  catch<U>(onRejected: (reason: unknown) => U | PromiseLike<U>): Promise<Results<T> | U> {
    return this.#settle().catch(onRejected);
  }

  finally(onFinally: () => void): Promise<Results<T>> {
    return this.#settle().finally(onFinally);
  }

  [Symbol.dispose](): void {
    forgotten?.unregister(this.#held);
    this.#held.end();
  }

  takeAnswer(): Answer {
    forgotten?.unregister(this.#held);
    return this.#held.answer;
  }

  #settle(): Promise<Results<T>> {
    const { answer } = this.#held;
    forgotten?.unregister(this.#held);
    this.#held.isAwaited = true;
    this.#promise ??= new Promise((resolve, reject) => {
      answer.settled(
        (results) => {
          try {
            resolve(withDispose(this.#type.read(results), results.message.loan));
          } catch (error) {
            reject(error);
          } finally {
            answer.release();
          }
        },
        (reason) => {
          answer.release();
          reject(reason);
        },
      );
    });
    return this.#promise;
  }
}

/** What a call owns; a separate object, so that it survives garbage collection of the call. */
class HeldCall implements HolderOfClients {
  readonly answer: Answer;
  isAwaited = false;
  #taken: Set<Held> | undefined;

  constructor(answer: Answer) {
    this.answer = answer;
  }

  onTaken(held: Held): void {
    (this.#taken ??= new Set()).add(held);
  }

  onReleased(held: Held): void {
    this.#taken?.delete(held);
  }

  /** A call that is not awaited serves only the clients taken from it, and ends with the last of them. */
  onDisposed(): void {
    if (!this.isAwaited && this.#taken?.size === 0) this.answer.release();
  }

  end(): void {
    for (const held of this.#taken ?? []) held.release();
    this.answer.release();
  }

  /** Called when the call was garbage collected, perhaps before its clients: releases the results when they arrive. */
  release(): void {
    const release = (): void => this.answer.release();
    this.answer.settled(release, release);
  }
}

/** Adds a getter for each field that can be pipelined on. */
function addPipelined(
  prototype: PendingCall<unknown>,
  fields: PipelineFields,
  path: readonly number[],
): void {
  for (const [name, [index, type]] of Object.entries(fields)) {
    const here = [...path, index];
    Object.defineProperty(prototype, name, {
      get(this: PendingCall<unknown>) {
        const found = type();
        if ("clientPrototype" in found) {
          return this.takePipelined(here, found.clientPrototype as object);
        }
        return createNested(this, found.pipelined ?? {}, here);
      },
    });
  }
}

/** A struct in results that have not arrived. */
function createNested(
  call: PendingCall<unknown>,
  fields: PipelineFields,
  path: readonly number[],
): object {
  const nested = {};
  for (const [name, [index, type]] of Object.entries(fields)) {
    Object.defineProperty(nested, name, {
      get() {
        const found = type();
        const here = [...path, index];
        return "clientPrototype" in found
          ? call.takePipelined(here, found.clientPrototype as object)
          : createNested(call, found.pipelined ?? {}, here);
      },
    });
  }
  return nested;
}

/** A constructor with this prototype, for `Reflect.construct`. */
function toConstructor(prototype: object): new () => object {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- each prototype needs a constructor of its own
  const constructor = function (): void {};
  constructor.prototype = prototype;
  return constructor as unknown as new () => object;
}

function withDispose<T>(record: T, loan: Loan | undefined): Results<T> {
  const dispose = loan === undefined ? DISPOSE_RESULTS : createDispose(loan);
  return Object.defineProperty(record as object, Symbol.dispose, dispose) as Results<T>;
}

const DISPOSE_RESULTS: PropertyDescriptor = {
  value(this: object) {
    disposeClients(this);
  },
};

/** For results whose memory is lent until they are disposed. */
function createDispose(loan: Loan): PropertyDescriptor {
  loan.hold();
  let isHeld = true;
  return {
    value(this: object) {
      disposeClients(this);
      if (isHeld) loan.release();
      isHeld = false;
    },
  };
}

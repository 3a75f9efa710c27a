/** Calls under way, as a program holds them: promises of results whose capabilities are there already. */
import type { AheadFields } from "./ahead.ts";
import type { Answer } from "./capability.ts";
import { createClient, disposeClients, forgotten } from "./client.ts";
import type { Client, Held, HolderOfClients } from "./client.ts";
import type { Pipelined } from "./init.ts";
import type { Loan } from "./space.ts";
import type { StructType } from "./types.ts";

/** The last argument of every method. */
export interface CallOptions {
  /** Cancels the call; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The record of results; disposing it releases every capability in it, and its `Data` where that is lent. */
export type Results<T> = T & Disposable;

/**
 * A call under way: a promise of its results, and their capabilities already.
 *
 * Await it or dispose it. Awaited, the capabilities in the results belong to the awaiting program. Disposed before its
 * results are there, it is cancelled. Not awaited, it ends when the last capability taken from it ahead is disposed.
 * Disposing it disposes every capability that was taken from it ahead, so `using call = make(); await call.counter.add()`
 * leaves nothing; `dup` what is to live longer. A call that the program forgot goes on to its end.
 *
 * @throws {Exception} what the served method threw, or `disconnected`.
 */
export type Call<T> = CallPromise<T> & Pipelined<T>;

export interface CallPromise<T> extends PromiseLike<Results<T>>, Disposable {
  catch<U>(onRejected: (reason: unknown) => U | PromiseLike<U>): Promise<Results<T> | U>;
  finally(onFinally: () => void): Promise<Results<T>>;
}

/** Makes the calls of one method. */
export interface CallMaker<T> {
  /** Whether anything in the results can be called ahead. */
  readonly hasAhead: boolean;
  /** Takes over the answer. */
  make(answer: Answer): Call<T>;
}

/** A maker of calls with such results. Kept for each method: what the results have ahead is looked up once. */
export function createCallMaker<T>(type: StructType<T>): CallMaker<T> {
  const { ahead } = type;
  if (ahead === undefined) {
    return {
      hasAhead: false,
      make: (answer) => new PendingCall(answer, type) as unknown as Call<T>,
    };
  }
  const prototype = Object.create(PendingCall.prototype) as PendingCall<T>;
  addAhead(prototype, ahead, []);
  const withAhead = toConstructor(prototype);
  return {
    hasAhead: true,
    make: (answer) =>
      Reflect.construct(PendingCall, [answer, type], withAhead) as unknown as Call<T>,
  };
}

export function isCall(value: unknown): value is CallPromise<unknown> {
  return value instanceof PendingCall;
}

/** The answer of a call that nobody will await, handed over. */
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
    if (type.ahead !== undefined) forgotten?.register(this, this.#held, this.#held);
  }

  /** A client of the capability at a path of the results. */
  takeAhead(path: readonly number[], clientPrototype: object): Client {
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

/** What a call holds; apart from the call, which the program may forget. */
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

  /** A call that nobody awaits was made for what was taken from it. */
  onDisposed(): void {
    if (!this.isAwaited && this.#taken?.size === 0) this.answer.release();
  }

  end(): void {
    for (const held of this.#taken ?? []) held.release();
    this.answer.release();
  }

  /** The program has forgotten the call, though not what was taken from it: the results are let go of when they are here. */
  release(): void {
    const release = (): void => this.answer.release();
    this.answer.settled(release, release);
  }
}

/** Gives a prototype a getter for each field that can be used ahead of the results. */
function addAhead(
  prototype: PendingCall<unknown>,
  fields: AheadFields,
  path: readonly number[],
): void {
  for (const [name, [index, type]] of Object.entries(fields)) {
    const here = [...path, index];
    Object.defineProperty(prototype, name, {
      get(this: PendingCall<unknown>) {
        const found = type();
        if ("clientPrototype" in found) {
          return this.takeAhead(here, found.clientPrototype as object);
        }
        return createNested(this, found.ahead ?? {}, here);
      },
    });
  }
}

/** A struct of the results, before it is there. */
function createNested(
  call: PendingCall<unknown>,
  fields: AheadFields,
  path: readonly number[],
): object {
  const nested = {};
  for (const [name, [index, type]] of Object.entries(fields)) {
    Object.defineProperty(nested, name, {
      get() {
        const found = type();
        const here = [...path, index];
        return "clientPrototype" in found
          ? call.takeAhead(here, found.clientPrototype as object)
          : createNested(call, found.ahead ?? {}, here);
      },
    });
  }
  return nested;
}

/** What `Reflect.construct` takes a prototype from. */
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

/** For results whose bytes are lent until they are disposed. */
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

/**
 * Clients: capabilities as a program holds them, and the calls made on them.
 */
import { NULL_CAPABILITY } from "./broken.ts";
import type { Answer, Capability } from "./capability.ts";
import type { Pipelined } from "./init.ts";
import { PointerReader } from "./reader.ts";
import { StreamFlow } from "./stream-flow.ts";
import type { AheadFields, AheadType, StructType } from "./types.ts";

const CAPABILITY: unique symbol = Symbol("capability");
const ON_DISPOSED: unique symbol = Symbol("onDisposed");
const FLOW: unique symbol = Symbol("flow");
declare const SERVER: unique symbol;

/**
 * A capability in a program's hands: one holder of it, until disposed.
 *
 * The methods are those of the interface. Passing a client as a parameter lends it; returning one from a served method
 * hands it over.
 */
export interface Client<Server = unknown> extends Disposable {
  readonly [CAPABILITY]: Capability | undefined;
  /** Exists for the type checker only. */
  readonly [SERVER]?: Server;
}

/** The last argument of every method. */
export interface CallOptions {
  /** Cancels the call; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The record of results; disposing it releases every capability in it. */
export type Results<T> = T & Disposable;

/**
 * A call under way: a promise of its results, and their capabilities already.
 *
 * Await it or dispose it. Awaited, the capabilities in the results belong to the awaiting program. Disposed before its
 * results are there, it is cancelled. Not awaited, it ends when the last capability taken from it ahead is disposed.
 *
 * @throws {Exception} what the served method threw, or `disconnected`.
 */
export type Call<T> = CallPromise<T> & Pipelined<T>;

export interface CallPromise<T> extends PromiseLike<Results<T>>, Disposable {
  catch<U>(onRejected: (reason: unknown) => U | PromiseLike<U>): Promise<Results<T> | U>;
  finally(onFinally: () => void): Promise<Results<T>>;
}

/** The capability of a client, lent. @throws {TypeError} when the client was disposed. */
export function capabilityOf(client: Client): Capability {
  const capability = client[CAPABILITY];
  if (capability === undefined) throw new TypeError("Client was disposed already");
  return capability;
}

export function isClient(value: unknown): value is Client {
  return typeof value === "object" && value !== null && CAPABILITY in value;
}

/** Whether it stands for a null pointer: every call on it fails. */
export function isNull(client: Client): boolean {
  return client[CAPABILITY] === NULL_CAPABILITY;
}

/** A second client of the same capability, with a life of its own. */
export function dup<T extends Client>(client: T): T {
  return createClient<T>(Object.getPrototypeOf(client), capabilityOf(client).retain());
}

/** The flow of the client's streaming calls. */
export function flowOf(client: Client & { [FLOW]?: StreamFlow }): StreamFlow {
  return (client[FLOW] ??= new StreamFlow());
}

/** What all clients of an interface share; its methods are to be added. */
export function createClientPrototype(): Record<string, unknown> {
  return Object.create(CLIENT_PROTOTYPE) as Record<string, unknown>;
}

/** A client with the methods of `prototype`. Takes over one holding. */
export function createClient<T extends Client>(
  prototype: object,
  capability: Capability,
  onDisposed?: () => void,
): T {
  const client = Object.create(prototype) as Disposing;
  client[CAPABILITY] = capability;
  client[ON_DISPOSED] = onDisposed;
  forgotten?.register(client, capability, client);
  return client as unknown as T;
}

interface Disposing {
  [CAPABILITY]: Capability | undefined;
  [ON_DISPOSED]: (() => void) | undefined;
}

const CLIENT_PROTOTYPE = {
  [Symbol.dispose](this: Disposing): void {
    const held = this[CAPABILITY];
    if (held === undefined) return;
    this[CAPABILITY] = undefined;
    forgotten?.unregister(this);
    held.release();
    this[ON_DISPOSED]?.();
  },
};

/** The last resort for clients and calls that nobody disposed. Nothing depends on it; some engines have none. */
const forgotten =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<{ release(): void }>((held) => held.release());

/** The call whose answer this is. Takes over the answer. */
export function createCall<T>(answer: Answer, type: StructType<T>): Call<T> {
  return new PendingCall(answer, type) as unknown as Call<T>;
}

export function isCall(value: unknown): value is CallPromise<unknown> {
  return value instanceof PendingCall;
}

/** The answer of a call that nobody will await, handed over. */
export function takeAnswer(call: CallPromise<unknown>): Answer {
  return (call as PendingCall<unknown>).takeAnswer();
}

/** Of an interface's type: how its clients are made. */
export interface ClientType<T extends Client> extends AheadType {
  readonly clientPrototype: object;
  /** Exists for the type checker only. */
  readonly client?: T;
}

class PendingCall<T> {
  readonly #answer: Answer;
  readonly #type: StructType<T>;
  #promise: Promise<Results<T>> | undefined;
  #ahead = 0;

  constructor(answer: Answer, type: StructType<T>) {
    this.#answer = answer;
    this.#type = type;
    if (type.ahead === undefined) return;
    forgotten?.register(this, answer, answer);
    addAhead(this, type.ahead, (path, clientPrototype) => {
      this.#ahead++;
      return createClient(clientPrototype, answer.pipeline(path), () => {
        this.#ahead--;
        if (this.#ahead === 0 && this.#promise === undefined) answer.release();
      });
    });
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
    this.#answer.release();
  }

  takeAnswer(): Answer {
    forgotten?.unregister(this.#answer);
    return this.#answer;
  }

  #settle(): Promise<Results<T>> {
    if (this.#promise !== undefined) return this.#promise;
    if (this.#type.ahead !== undefined) forgotten?.unregister(this.#answer);
    this.#promise = new Promise((resolve, reject) => {
      this.#answer.settled(
        (results) => {
          try {
            resolve(withDispose(this.#type.read(results)));
          } catch (error) {
            reject(error);
          } finally {
            this.#answer.release();
          }
        },
        (reason) => {
          this.#answer.release();
          reject(reason);
        },
      );
    });
    return this.#promise;
  }
}

type TakeAhead = (path: readonly number[], clientPrototype: object) => Client;

/** Gives an object a getter for each field that can be used ahead of the results. */
function addAhead(
  target: object,
  fields: AheadFields,
  take: TakeAhead,
  path: readonly number[] = [],
): void {
  for (const [name, [index, type]] of Object.entries(fields)) {
    Object.defineProperty(target, name, {
      get() {
        const found = type();
        const here = [...path, index];
        if ("clientPrototype" in found) return take(here, found.clientPrototype as object);
        const nested = {};
        addAhead(nested, found.ahead ?? {}, take, here);
        return nested;
      },
    });
  }
}

function withDispose<T>(record: T): Results<T> {
  return Object.defineProperty(record as object, Symbol.dispose, DISPOSE_RESULTS) as Results<T>;
}

const DISPOSE_RESULTS: PropertyDescriptor = {
  value(this: object) {
    disposeClients(this);
  },
};

/** Disposes every client in a record that was read from a message. */
export function disposeClients(value: unknown): void {
  if (isClient(value)) value[Symbol.dispose]();
  else if (value instanceof PointerReader) value.message.release();
  else if (Array.isArray(value)) value.forEach(disposeClients);
  else if (isRecord(value)) Object.values(value).forEach(disposeClients);
}

function isRecord(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

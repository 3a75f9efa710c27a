/**
 * Clients: capabilities as a program holds them, and the calls made on them.
 */
import { NULL_CAPABILITY } from "./broken.ts";
import type { Capability } from "./capability.ts";
import type { Pipelined } from "./init.ts";
import { PointerReader } from "./reader.ts";
import { StreamFlow } from "./stream-flow.ts";
import type { AheadType } from "./types.ts";

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

/** The record of results; disposing it releases every capability in it, and its `Data` where that is lent. */
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
export function createClient<T extends Client>(prototype: object, capability: Capability): T {
  const client = Object.create(prototype) as Disposing;
  client[CAPABILITY] = capability;
  client[ON_DISPOSED] = undefined;
  forgotten?.register(client, capability, client);
  return client as unknown as T;
}

/** A client that belongs to a call, which remembers it and is told of its end. Takes over one holding. */
export function createAheadClient(
  prototype: object,
  capability: Capability,
  onDisposed: () => void,
): Client {
  const client = Object.create(prototype) as Disposing;
  client[CAPABILITY] = capability;
  client[ON_DISPOSED] = onDisposed;
  return client as unknown as Client;
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
    const onDisposed = this[ON_DISPOSED];
    if (onDisposed === undefined) forgotten?.unregister(this);
    held.release();
    onDisposed?.();
  },
};

/** The last resort for clients and calls that nobody disposed. Nothing depends on it; some engines have none. */
export const forgotten: FinalizationRegistry<{ release(): void }> | undefined =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry((held) => held.release());

/** Of an interface's type: how its clients are made. */
export interface ClientType<T extends Client> extends AheadType {
  readonly clientPrototype: object;
  /** Exists for the type checker only. */
  readonly client?: T;
}

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

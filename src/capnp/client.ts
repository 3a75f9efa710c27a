/** Clients: typed references to capabilities. */
import { NULL_CAPABILITY } from "./broken.ts";
import type { PipelineType } from "./pipeline-type.ts";
import type { Capability } from "./capability.ts";
import { PointerReader } from "./reader.ts";

const CAPABILITY: unique symbol = Symbol("capability");
const HELD: unique symbol = Symbol("held");
declare const SERVER: unique symbol;

/**
 * A typed reference to a capability, held until disposed.
 *
 * Its methods are those of the interface. Passing a client as a parameter lends it; returning one from a served
 * method transfers ownership.
 */
export interface Client<Server = unknown> extends Disposable {
  readonly [CAPABILITY]: Capability | undefined;
  /** Exists for the type checker only. */
  readonly [SERVER]?: Server;
}

/** The capability of a client, borrowed. @throws {TypeError} when the client was disposed */
export function capabilityOf(client: Client): Capability {
  const capability = client[CAPABILITY];
  if (capability === undefined) throw new TypeError("Client was disposed already");
  return capability;
}

/** A function that tells whether the client is still undisposed; does not keep the client alive. */
export function whileHeld(client: Client): () => boolean {
  const held = (client as unknown as Holding)[HELD];
  return () => held.capability !== undefined;
}

export function isClient(value: unknown): value is Client {
  return typeof value === "object" && value !== null && CAPABILITY in value;
}

/** Whether the client stands for a null pointer: every call on it fails. */
export function isNull(client: Client): boolean {
  return client[CAPABILITY] === NULL_CAPABILITY;
}

/** A second client of the same capability, disposed separately. */
export function dup<T extends Client>(client: T): T {
  return createClient<T>(Object.getPrototypeOf(client), capabilityOf(client).retain());
}

/** A new prototype for an interface's clients, still without methods. */
export function createClientPrototype(): Record<string, unknown> {
  return Object.create(CLIENT_PROTOTYPE) as Record<string, unknown>;
}

/** Creates a client and takes ownership of one reference. @param from the call that the client was taken from */
export function createClient<T extends Client>(
  prototype: object,
  capability: Capability,
  from?: HolderOfClients,
): T {
  const client = Object.create(prototype) as Holding;
  const held = new Held(capability, from);
  client[HELD] = held;
  from?.onTaken(held);
  forgotten?.register(client, held, held);
  return client as unknown as T;
}

/** A call that tracks the clients taken from it. */
export interface HolderOfClients {
  onTaken(held: Held): void;
  /** The client has released its reference. */
  onReleased(held: Held): void;
  /** The program has disposed the client. */
  onDisposed(): void;
}

/** What a client owns; a separate object, so that it can be released after the client was garbage collected. */
export class Held {
  readonly from: HolderOfClients | undefined;
  #capability: Capability | undefined;

  constructor(capability: Capability, from: HolderOfClients | undefined) {
    this.#capability = capability;
    this.from = from;
  }

  get capability(): Capability | undefined {
    return this.#capability;
  }

  release(): void {
    const capability = this.#capability;
    if (capability === undefined) return;
    this.#capability = undefined;
    this.from?.onReleased(this);
    capability.release();
  }
}

interface Holding {
  [HELD]: Held;
}

const CLIENT_PROTOTYPE = {
  get [CAPABILITY](): Capability | undefined {
    return (this as unknown as Holding)[HELD].capability;
  },
  [Symbol.dispose](): void {
    const held = (this as unknown as Holding)[HELD];
    if (held.capability === undefined) return;
    forgotten?.unregister(held);
    held.release();
    held.from?.onDisposed();
  },
};

/**
 * Releases what garbage-collected clients and calls own. A last resort: nothing depends on it, and some engines lack
 * it.
 *
 * It never cancels a call, since the time of garbage collection is arbitrary.
 */
export const forgotten: FinalizationRegistry<{ release(): void }> | undefined =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry((held) => held.release());

/** The part of an interface's type that creates clients. */
export interface ClientType<T extends Client> extends PipelineType {
  readonly clientPrototype: object;
  /** Exists for the type checker only. */
  readonly client?: T;
}

/** Disposes every client in a record read from a message. */
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

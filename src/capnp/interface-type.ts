/** The description of an interface by generated code, and the types of its servers. */
import type { Crossing } from "./capability.ts";
import type { Client, ClientType } from "./client.ts";
import type { Init } from "./init.ts";
import type { PointerType, StructType } from "./types.ts";

export interface InterfaceType<T extends Client = Client> extends PointerType<T>, ClientType<T> {
  readonly id: bigint;
  readonly name: string;
  /** All methods, inherited ones included, by interface id, then by ordinal. */
  readonly methods: ReadonlyMap<bigint, readonly Method[]>;
}

/** The TypeScript interface of an object served as client `T`. */
export type ServerOf<T> = T extends Client<infer Server> ? Server : never;

/** One method, as generated code describes it. */
export interface Method {
  readonly name: string;
  /** The parameters' field names in order; absent if the parameters are one named struct. */
  readonly parameters?: readonly string[];
  /** Number of the method's own type parameters; their types are the first arguments of the client's method. */
  readonly typeParameters?: number;
  readonly params: (...types: PointerType<unknown>[]) => StructType<unknown>;
  readonly results: (...types: PointerType<unknown>[]) => StructType<unknown>;
  /** Declared as `-> stream`: a call resolves when the next may be made, and the server runs one at a time. */
  readonly streaming?: true;
}

/** The last argument of a served method. */
export interface CallContext {
  /** Fires when the caller cancels the call or disconnects. */
  readonly signal: AbortSignal;
  /** The last boundary that the call has crossed, for objects that give authority on. */
  readonly through?: Crossing | undefined;
  /** Creates a client of the object that serves the call. The method disposes or returns it. */
  readonly thisCap: <T extends Client>(type: ClientType<T>) => T;
}

/**
 * What a served method may return: results or a promise of them; nothing if there are none.
 *
 * Returning a `Call` without awaiting it is a tail call: its results become those of the method, and calls pipelined
 * on them are forwarded at once.
 */
export type Served<T> = Init<T> | PromiseLike<Init<T>>;

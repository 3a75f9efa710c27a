/** What generated code says of an interface, and what whoever serves one gets and gives. */
import type { Client, ClientType } from "./client.ts";
import type { Init } from "./init.ts";
import type { PointerType, StructType } from "./types.ts";

export interface InterfaceType<T extends Client = Client> extends PointerType<T>, ClientType<T> {
  readonly id: bigint;
  readonly name: string;
  /** Every method that the interface has or inherits, by interface id, then by ordinal. */
  readonly methods: ReadonlyMap<bigint, readonly Method[]>;
}

/** The interface that an object must implement to be served where a client `T` is wanted. */
export type ServerOf<T> = T extends Client<infer Server> ? Server : never;

/** One method, as generated code describes it. */
export interface Method {
  readonly name: string;
  /** The fields of the parameters in order, or nothing where the parameters are one struct of the schema. */
  readonly parameters?: readonly string[];
  /** How many type parameters the method has for itself: the first arguments of its clients. */
  readonly typeParameters?: number;
  readonly params: (...types: PointerType<unknown>[]) => StructType<unknown>;
  readonly results: (...types: PointerType<unknown>[]) => StructType<unknown>;
  /** Declared as `-> stream`: calls return when the next may be made, and later ones wait for earlier ones. */
  readonly streaming?: true;
}

/** What a served method gets after its parameters. */
export interface CallContext {
  /** Fires when the caller has lost interest, or the connection was lost. */
  readonly signal: AbortSignal;
  /** A client of the object that serves the call, for others; whoever asks disposes it, or hands it over. */
  readonly thisCap: <T extends Client>(type: ClientType<T>) => T;
}

/**
 * What a served method may return: results, or a promise of them; nothing where there are none.
 *
 * A call returned as it is, not awaited, is a tail call: its results become those of the method, and whoever calls ahead on
 * them is passed on at once.
 */
export type Served<T> = Init<T> | PromiseLike<Init<T>>;

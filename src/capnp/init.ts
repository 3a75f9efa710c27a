/** The types that relate what is read to what may be written, and to what may be called ahead of time. */
import type { Client } from "./client.ts";
import type { PointerReader } from "./reader.ts";
import type { AnyValue } from "./types.ts";

/**
 * What may be written where a `T` is read: fields may be left out, and stand for their defaults then; for a capability,
 * a client, an object that serves its interface, or null.
 */
export type Init<T> =
  T extends Client<infer Server>
    ? T | Server | null
    : T extends PointerReader
      ? PointerReader | AnyValue | null
      : T extends Leaf
        ? T
        : T extends readonly (infer Element)[]
          ? readonly Init<Element>[]
          : { readonly [K in keyof T]?: Init<T[K]> | undefined };

/**
 * Of results not there yet, what can be used already: their capabilities, at any depth of structs, though not through a
 * field in which a struct may contain itself.
 */
export type Pipelined<T> = {
  readonly [
    K in keyof T as undefined extends T[K]
      ? never
      : T[K] extends Leaf | readonly unknown[]
        ? never
        : K
  ]: T[K] extends Client ? T[K] : T[K] extends PointerReader ? never : Pipelined<T[K]>;
};

type Leaf = Uint8Array | string | number | bigint | boolean | null | undefined;

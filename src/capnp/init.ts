/** The types that relate what is read to what may be written, and to what may be called ahead of time. */
import type { Client } from "./client.ts";
import type { ConstantData } from "./constant.ts";
import type { PointerReader } from "./reader.ts";
import type { AnyValue } from "./any-value.ts";

/**
 * What may be written where a `T` is read: fields may be left out, and stand for their defaults then; for a capability,
 * a client, an object that serves its interface, or null. A field of a union is written only together with `which`.
 */
export type Init<T> =
  T extends Client<infer Server>
    ? T | Server | null
    : T extends PointerReader
      ? PointerReader | AnyValue | null
      : T extends Uint8Array
        ? Uint8Array | ConstantData
        : T extends Leaf
          ? T
          : T extends readonly (infer Element)[]
            ? readonly Init<Element>[]
            : T extends { readonly which: infer Name extends string }
              ? InitChoice<T, Name>
              : { readonly [K in keyof T]?: Init<T[K]> | undefined };

/** One of a union's fields, which must be named. A text that is called `which` is no name of a field. */
type InitChoice<T, Name extends string> = {
  readonly [K in Exclude<keyof T, string extends Name ? never : "which">]?: Init<T[K]> | undefined;
} & (string extends Name ? unknown : { readonly which: Name });

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

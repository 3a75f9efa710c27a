/** Relates the type of a value that is read to the types that can be written and pipelined on. */
import type { Client } from "./client.ts";
import type { ConstantData } from "./constant.ts";
import type { PointerReader } from "./reader.ts";
import type { AnyValue } from "./any-value.ts";

/**
 * The values that can be written for a `T`. Omitted fields get their defaults; a capability can be a client, an
 * object that implements the interface, or null. A field of a union needs `which`.
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

/** A struct with a union, whose `which` is required, unless `which` is a field of type Text. */
type InitChoice<T, Name extends string> = {
  readonly [K in Exclude<keyof T, string extends Name ? never : "which">]?: Init<T[K]> | undefined;
} & (string extends Name ? unknown : { readonly which: Name });

/**
 * The part of pending results that can be pipelined on: capabilities at any depth of structs, except through
 * recursive fields.
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

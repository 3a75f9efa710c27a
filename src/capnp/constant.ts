/** Constants of schemas, shared by all importers of a generated module. */

/** Read-only bytes. They can be written into messages, and copied. */
export type ConstantData = Omit<
  Uint8Array,
  "buffer" | "copyWithin" | "fill" | "reverse" | "set" | "sort" | "subarray" | number
> & { readonly [index: number]: number };

/** The deeply read-only form of a type. */
export type Constant<T> = T extends Uint8Array
  ? ConstantData
  : T extends readonly (infer Element)[]
    ? readonly Constant<Element>[]
    : T extends object
      ? { readonly [K in keyof T]: Constant<T[K]> }
      : T;

/** Freezes a value deeply. In engines without immutable buffers, only the types protect bytes. */
export function freeze<T>(value: T): Constant<T> {
  if (value instanceof Uint8Array) return toImmutable(value) as unknown as Constant<T>;
  if (typeof value !== "object" || value === null) return value as Constant<T>;
  const record = value as Record<string, unknown>;
  for (const [name, inner] of Object.entries(record)) record[name] = freeze(inner);
  return Object.freeze(record) as Constant<T>;
}

/** Immutable buffers, which engines began to support in 2026. */
interface Immutable {
  transferToImmutable?(): ArrayBuffer;
}

function toImmutable(bytes: Uint8Array): Uint8Array {
  const own = bytes.slice().buffer as ArrayBuffer & Immutable;
  return new Uint8Array(own.transferToImmutable?.() ?? own);
}

/** Constants of schemas, which everybody who imports a module shares. */

/** Bytes that nobody may write to. They may be written into messages, and copied. */
export type ConstantData = Omit<
  Uint8Array,
  "buffer" | "copyWithin" | "fill" | "reverse" | "set" | "sort" | "subarray" | number
> & { readonly [index: number]: number };

/** What a value of a type is as a constant. */
export type Constant<T> = T extends Uint8Array
  ? ConstantData
  : T extends readonly (infer Element)[]
    ? readonly Constant<Element>[]
    : T extends object
      ? { readonly [K in keyof T]: Constant<T[K]> }
      : T;

/** The value, which nobody can change; the types alone protect bytes where the engine cannot. */
export function freeze<T>(value: T): Constant<T> {
  if (value instanceof Uint8Array) return toImmutable(value) as unknown as Constant<T>;
  if (typeof value !== "object" || value === null) return value as Constant<T>;
  const record = value as Record<string, unknown>;
  for (const [name, inner] of Object.entries(record)) record[name] = freeze(inner);
  return Object.freeze(record) as Constant<T>;
}

/** Engines of 2026 begin to know buffers that cannot be written to. */
interface Immutable {
  transferToImmutable?(): ArrayBuffer;
}

function toImmutable(bytes: Uint8Array): Uint8Array {
  const own = bytes.slice().buffer as ArrayBuffer & Immutable;
  return new Uint8Array(own.transferToImmutable?.() ?? own);
}

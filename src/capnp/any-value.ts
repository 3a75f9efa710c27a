import type { PointerBuilder } from "./builder.ts";

/** A value with its type, for a field of type `AnyPointer`: made by `anyOf`. */
export interface AnyValue {
  writeTo(pointer: PointerBuilder): void;
}

import type { PointerBuilder } from "./builder.ts";

/** A value together with its type, for a field of type `AnyPointer`. Created by `anyOf`. */
export interface AnyValue {
  writeTo(pointer: PointerBuilder): void;
}

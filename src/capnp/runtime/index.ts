/** The runtime of generated code, which imports all of it as `$`. */
export type { Call, CallOptions } from "../call.ts";
export type { Client } from "../client.ts";
export { freeze } from "../constant.ts";
export type { Constant } from "../constant.ts";
export type { Init } from "../init.ts";
export { AnyClient, defineInterface } from "../interface.ts";
export type { CallContext, InterfaceType, Served, ServerOf } from "../interface-type.ts";
export type { PointerReader } from "../reader.ts";
export {
  AnyPointer,
  Bool,
  Data,
  defineEnum,
  defineStruct,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  List,
  parseDefault,
  parseLiteral,
  StreamResult,
  Text,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Void,
} from "../types.ts";
export type { EnumType, PointerType, StructType } from "../types.ts";
export { inField, requireNone } from "../write-error.ts";

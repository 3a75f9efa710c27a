/** Codecs of lists; lists of numbers are copied in one piece. @see CanonicalABI.md `load_list`, `store_list` */
import { createCodec } from "./codec.ts";
import type { Codec } from "./codec.ts";
import type { PrimitiveKind, ValueKind } from "./definitions.ts";
import { LIFTED_BYTE_BYTES, LIFTED_ELEMENT_BYTES } from "./limits.ts";
import type { MemoryContext } from "./memory-context.ts";
import { createPointerCodec } from "./pointer-codec.ts";
import { trap } from "./trap.ts";
import type { Layout } from "./types.ts";

type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

interface TypedArrayClass {
  new (buffer: ArrayBufferLike): TypedArray;
  from(values: Iterable<never>): TypedArray;
}

/** Typed arrays by the kind of element whose layout in memory they share. */
const ARRAYS: Readonly<Partial<Record<PrimitiveKind, TypedArrayClass>>> = {
  s8: Int8Array,
  u8: Uint8Array,
  s16: Int16Array,
  u16: Uint16Array,
  s32: Int32Array,
  u32: Uint32Array,
  s64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
};

export function createListCodec(layout: Layout, kind: ValueKind | undefined, of: Codec): Codec {
  const array = ARRAYS[kind as PrimitiveKind];
  return array === undefined
    ? createPointerCodec(
        layout,
        (cx, at, length) => loadElements(cx, of, checkRange(cx, of, at, length), length),
        (cx, value) => {
          const values = value as readonly unknown[];
          const at = cx.allocate(values.length * of.size, of.align);
          storeElements(cx, of, values, at);
          return [at, values.length];
        },
      )
    : createArrayCodec(layout, array, of);
}

function createArrayCodec(layout: Layout, array: TypedArrayClass, of: Codec): Codec {
  const { size, align } = of;
  return createPointerCodec(
    layout,
    (cx, at, length) => {
      const bytes = length * size;
      cx.charge(bytes);
      checkRange(cx, of, at, length);
      const copy = cx.bytes.slice(at, at + bytes);
      return array === Uint8Array ? copy : new array(copy.buffer);
    },
    (cx, value) => {
      const bytes = toBytes(array, value);
      const at = cx.allocate(bytes.length, align);
      cx.bytes.set(bytes, at);
      return [at, bytes.length / size];
    },
    array === Uint8Array ? lendBytes : undefined,
  );
}

/** A view of bytes in memory: copying them costs more than everything else that a write of 4 KiB does. */
function lendBytes(cx: MemoryContext, at: number, length: number): Uint8Array {
  cx.charge(length);
  cx.check(at, length, 1, "list");
  // A view of a whole memory is copied, since others would take it for an array whose buffer can be transferred.
  return length === cx.bytes.length ? cx.bytes.slice() : cx.bytes.subarray(at, at + length);
}

function toBytes(array: TypedArrayClass, value: unknown): Uint8Array {
  if (value instanceof Uint8Array && array === Uint8Array) return value;
  const typed = value instanceof array ? value : array.from(value as never[]);
  return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
}

/** The address of the first element, after checking that all are within memory. */
function checkRange(cx: MemoryContext, of: Layout, at: number, length: number): number {
  return cx.check(at, length * of.size, of.align, "list");
}

function loadElements(cx: MemoryContext, of: Codec, at: number, length: number): unknown[] {
  cx.charge(length * Math.max(LIFTED_ELEMENT_BYTES, of.size * LIFTED_BYTE_BYTES));
  const values: unknown[] = [];
  for (let i = 0; i < length; i++) values.push(of.load(cx, at + i * of.size));
  return values;
}

function storeElements(cx: MemoryContext, of: Codec, values: readonly unknown[], at: number): void {
  values.forEach((value, i) => of.store(cx, value, at + i * of.size));
}

/** A list of fixed length is stored inline, like a tuple. */
export function createFixedListCodec(layout: Layout, of: Codec, length: number): Codec {
  const flats = of.flat.length;
  const check = (value: unknown): readonly unknown[] => {
    const values = Array.from(value as Iterable<unknown>);
    return values.length === length
      ? values
      : trap(`a list has ${values.length} elements, not ${length}`);
  };
  return createCodec(layout, {
    load: (cx, at) => loadElements(cx, of, at, length),
    store: (cx, value, at) => storeElements(cx, of, check(value), at),
    lift: (cx, flat, at) => Array.from({ length }, (_, i) => of.lift(cx, flat, at + i * flats)),
    lower(cx, value, flat) {
      for (const element of check(value)) of.lower(cx, element, flat);
    },
  });
}

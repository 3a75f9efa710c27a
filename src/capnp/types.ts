/**
 * Types of the schema language as values that read and write pointers.
 *
 * Reading is eager: a struct becomes a plain record, a list an array, a capability a client that the reader owns.
 */
import type { PipelineFields, PipelineType } from "./pipeline-type.ts";
import type { AnyValue } from "./any-value.ts";
import type { ListBuilder, PointerBuilder, StructBuilder } from "./builder.ts";
import { copyPointer } from "./copy.ts";
import type { Init } from "./init.ts";
import { toOwned } from "./params.ts";
import type { ElementSize } from "./element-size.ts";
import { MessageReader } from "./reader.ts";
import type { ListReader, PointerReader, StructReader } from "./reader.ts";
import { createTypeError, lengthOf, writeEach } from "./write-error.ts";
import * as sizes from "./element-size.ts";

/** A pointer type. Null reads as the type's default. */
export interface PointerType<T> extends ElementType<T>, PipelineType {
  read(pointer: PointerReader): T;
  write(pointer: PointerBuilder, value: Init<T>): void;
}

/** A type that can be the element of a list. */
export interface ElementType<T> {
  readList(pointer: PointerReader): readonly T[];
  writeList(pointer: PointerBuilder, values: readonly Init<T>[]): void;
}

export interface StructType<T> extends PointerType<T> {
  readonly id: bigint;
  readonly name: string;
  readonly dataWords: number;
  readonly pointers: number;
  readStruct(reader: StructReader): T;
  writeStruct(builder: StructBuilder, value: Init<T>): void;
}

/** The description of a struct by generated code. */
export interface StructDefinition<T> {
  readonly id: bigint;
  readonly name: string;
  readonly dataWords: number;
  readonly pointers: number;
  readonly pipelined?: PipelineFields;
  readonly read: (reader: StructReader) => T;
  readonly write: (builder: StructBuilder, value: Init<T>) => void;
}

/**
 * The traversal limit also charges for the JavaScript values: one bit of a list becomes an array element, a null
 * pointer in a record an object. So a small message, or one of zeros, cannot exhaust memory.
 */
const ELEMENT_BYTES = 8;
const POINTER_BYTES = 64;

export function defineStruct<T>(definition: StructDefinition<T>): StructType<T> {
  const { id, name, dataWords, pointers } = definition;
  const bytes = dataWords * 8 + pointers * POINTER_BYTES + POINTER_BYTES;
  const read = (reader: StructReader): T => {
    reader.message.charge(bytes);
    return definition.read(reader);
  };
  const write = (builder: StructBuilder, value: Init<T>): void => {
    if (typeof value !== "object" || value === null)
      throw createTypeError(value, `struct "${name}"`);
    definition.write(builder, value);
  };
  return {
    id,
    name,
    dataWords,
    pointers,
    ...(definition.pipelined === undefined ? {} : { pipelined: definition.pipelined }),
    readStruct: read,
    writeStruct: write,
    read: (pointer) => read(pointer.struct()),
    write: (pointer, value) => write(pointer.initStruct(dataWords, pointers), value),
    readList: (pointer) =>
      toArray(pointer.list(sizes.COMPOSITE), (list, index) => read(list.struct(index))),
    writeList(pointer, values) {
      const list = pointer.initStructList(lengthOf(values), dataWords, pointers);
      writeEach(values, (value, index) => write(list.struct(index), value));
    },
  };
}

/** Lists of any element, lists included. */
export function List<T>(element: ElementType<T>): PointerType<readonly T[]> {
  return listedByPointer({
    read: (pointer) => element.readList(pointer),
    write: (pointer, value) => element.writeList(pointer, value as readonly Init<T>[]),
  });
}

export const Text: PointerType<string> = listedByPointer({
  read: (pointer) => pointer.text(),
  write: (pointer, value) => pointer.setText(value),
});

/** Bytes. Reading gives a view of the received message, which keeps that alive. */
export const Data: PointerType<Uint8Array> = listedByPointer<Uint8Array>({
  read: (pointer) => pointer.data(),
  write: (pointer, value) => pointer.setData(value as Uint8Array),
});

/** Wraps a value with its type. */
export function anyOf<T>(type: PointerType<T>, value: Init<T>): AnyValue {
  return { writeTo: (pointer) => type.write(pointer, value) };
}

/**
 * An unread pointer. The reader owns its capabilities, which are released with the results, or when the served method
 * has returned.
 */
export const AnyPointer: PointerType<PointerReader> = listedByPointer<PointerReader>({
  read: toOwned,
  write(pointer, value) {
    if (value === null) return;
    if ("writeTo" in value) value.writeTo(pointer);
    else copyPointer(value, pointer);
  },
});

/** The empty result of a streaming method. @see stream.capnp */
export const StreamResult: StructType<object> = defineStruct<object>({
  id: 0x995f9a3377c0b16en,
  name: "StreamResult",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});

export const Void: ElementType<undefined> = {
  readList: (pointer) => toArray(pointer.list(sizes.VOID), () => undefined),
  writeList: (pointer, values) => void pointer.initList(sizes.VOID, lengthOf(values)),
};
export const Bool: ElementType<boolean> = {
  readList: (pointer) => toArray(pointer.list(sizes.BIT), (list, index) => list.bool(index)),
  writeList(pointer, values) {
    const list = pointer.initList(sizes.BIT, lengthOf(values));
    writeEach(values, (value, index) => list.setBool(index, value));
  },
};
export const Int8: ElementType<number> = scalar("Int8", sizes.BYTE);
export const Uint8: ElementType<number> = scalar("Uint8", sizes.BYTE);
export const Int16: ElementType<number> = scalar("Int16", sizes.TWO_BYTES);
export const Uint16: ElementType<number> = scalar("Uint16", sizes.TWO_BYTES);
export const Int32: ElementType<number> = scalar("Int32", sizes.FOUR_BYTES);
export const Uint32: ElementType<number> = scalar("Uint32", sizes.FOUR_BYTES);
export const Float32: ElementType<number> = scalar("Float32", sizes.FOUR_BYTES);
export const Int64: ElementType<bigint> = scalar("Int64", sizes.EIGHT_BYTES);
export const Uint64: ElementType<bigint> = scalar("Uint64", sizes.EIGHT_BYTES);
export const Float64: ElementType<number> = scalar("Float64", sizes.EIGHT_BYTES);

/** The names of an enum's values, in the order of their ordinals. */
export interface EnumType<Name extends string> extends ElementType<Name | number> {
  /** The name, or the ordinal if this schema has no name for it. */
  toName(ordinal: number): Name | number;
  /** @throws {TypeError} when there is no such name. */
  toOrdinal(name: Name | number): number;
}

export function defineEnum<Name extends string>(names: readonly Name[]): EnumType<Name> {
  const toName = (ordinal: number): Name | number => names[ordinal] ?? ordinal;
  const toOrdinal = (name: Name | number): number => {
    const ordinal = typeof name === "number" ? name : names.indexOf(name);
    if (ordinal < 0 || ordinal > 0xffff) {
      throw new TypeError(`No such value of the enum: "${name}"`);
    }
    return ordinal;
  };
  return {
    toName,
    toOrdinal,
    readList: (pointer) => Uint16.readList(pointer).map(toName),
    writeList(pointer, values) {
      const list = pointer.initList(sizes.TWO_BYTES, lengthOf(values));
      writeEach(values, (value, index) => {
        list.struct(index).setUint16(0, toOrdinal(value as Name | number));
      });
    },
  };
}

/** Adds the list operations of types whose lists are lists of pointers. */
export function listedByPointer<T>(type: Pick<PointerType<T>, "read" | "write">): PointerType<T> {
  return {
    ...type,
    readList: (pointer) =>
      toArray(
        pointer.list(sizes.POINTER),
        (list, index) => type.read(list.pointer(index)),
        POINTER_BYTES,
      ),
    writeList(pointer, values) {
      const list = pointer.initList(sizes.POINTER, lengthOf(values));
      writeEach(values, (value, index) => type.write(list.pointer(index), value));
    },
  };
}

/** Numbers that messages have, by the names of their accessors. */
interface Scalars {
  readonly Int8: number;
  readonly Uint8: number;
  readonly Int16: number;
  readonly Uint16: number;
  readonly Int32: number;
  readonly Uint32: number;
  readonly Float32: number;
  readonly Int64: bigint;
  readonly Uint64: bigint;
  readonly Float64: number;
}

function scalar<Name extends keyof Scalars>(
  name: Name,
  size: ElementSize,
): ElementType<Scalars[Name]> {
  const read = name.toLowerCase() as Lowercase<keyof Scalars>;
  const write = `set${name}` as const;
  return {
    readList: (pointer) =>
      toArray(pointer.list(size), (list, index) => list.struct(index)[read](0) as Scalars[Name]),
    writeList(pointer, values) {
      const list: ListBuilder = pointer.initList(size, lengthOf(values));
      writeEach(values, (value, index) => list.struct(index)[write](0, value as never));
    },
  };
}

function toArray<T>(
  list: ListReader,
  read: (list: ListReader, index: number) => T,
  bytesEach: number = ELEMENT_BYTES,
): T[] {
  list.message.charge(list.length * bytesEach);
  const values: T[] = [];
  for (let index = 0; index < list.length; index++) values.push(read(list, index));
  return values;
}

/** The root of a message in hex, the form of constants in generated code. */
export function parseLiteral(hex: string): PointerReader {
  const frame = new Uint8Array(hex.length / 2);
  for (let at = 0; at < frame.length; at++) {
    frame[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  }
  return MessageReader.fromFrame(frame).root;
}

/** Like `parseLiteral`, for the default value of a pointer field. */
export function parseDefault(hex: string): PointerReader {
  const root = parseLiteral(hex);
  root.message.isDefault = true;
  return root;
}

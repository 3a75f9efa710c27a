/** Parts of a component's binary, assembled by hand to make what no tool would write. @see Binary.md */

export type Bytes = readonly number[];

/** An unsigned LEB128 number. */
export function u32(value: number): Bytes {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) + 0x80);
  bytes.push(left);
  return bytes;
}

/** The index of a type, where a primitive type could stand instead: those are the negative one-byte numbers. */
export function index(value: number): Bytes {
  const bytes = u32(value);
  const last = bytes.at(-1) ?? 0;
  return last < 0x40 ? bytes : [...bytes.slice(0, -1), last + 0x80, 0];
}

export function text(name: string): Bytes {
  const bytes = new TextEncoder().encode(name);
  return [...u32(bytes.length), ...bytes];
}

export function vector(items: readonly Bytes[]): Bytes {
  return u32(items.length).concat(items.flat());
}

export function section(id: number, ...parts: readonly Bytes[]): Bytes {
  const body = parts.flat();
  return [id, ...u32(body.length)].concat(body);
}

/** A section that is a vector of these items. */
export function items(id: number, ...all: readonly Bytes[]): Bytes {
  return section(id, vector(all));
}

const PREAMBLE: Bytes = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];

/** The body of a component as a section contains it. */
export function component(...sections: readonly Bytes[]): Bytes {
  return PREAMBLE.concat(sections.flat());
}

export function binary(...sections: readonly Bytes[]): Uint8Array {
  return Uint8Array.from(component(...sections));
}

/** Section ids. */
export const ID = {
  coreModule: 1,
  coreInstance: 2,
  coreType: 3,
  component: 4,
  instance: 5,
  alias: 6,
  type: 7,
  canon: 8,
  import: 10,
  export: 11,
} as const;

/** Encodings of types. */
export const U8: Bytes = [0x7d];
export const U64: Bytes = [0x77];
export const tuple = (...of: readonly Bytes[]): Bytes => [0x6f, ...vector(of)];
export const func = (params: readonly Bytes[], result?: Bytes): Bytes => [
  0x40,
  ...vector(params.map((of, at) => [...text(`p${at}`), ...of])),
  ...(result === undefined ? [1, 0] : [0, ...result]),
];
export const instanceType = (...declarations: readonly Bytes[]): Bytes => [
  0x42,
  ...vector(declarations),
];

/** An instance of the component with this index, without arguments. */
export const instantiate = (index: number): Bytes => [0, ...u32(index), 0];
/** An alias of the component with this index, `count` components outward. */
export const outerComponent = (count: number, index: number): Bytes => [
  4,
  2,
  ...u32(count),
  ...u32(index),
];
export const importOf = (name: string, ...type: Bytes): Bytes => [0, ...text(name), ...type];

/** Damages a component's binary: mostly its definitions, and seldom its core modules, which the engine checks. */

/** Returns a number from 0 up to, but not including, the limit. */
type Random = (limit: number) => number;

/** Damages a copy of the bytes, in the same way for the same seed. */
export function damage(bytes: Uint8Array, other: Uint8Array, seed: number): Uint8Array {
  const random = createRandom(seed);
  const places = random(20) === 0 ? undefined : listPlaces(bytes);
  const pick = (): number =>
    places === undefined || places.length === 0
      ? random(bytes.length)
      : (places[random(places.length)] ?? 0);
  let damaged = bytes;
  for (let left = 1 + random(3); left > 0; left--) {
    damaged = damageOnce(damaged, other, random, pick);
  }
  return damaged;
}

/** @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
function createRandom(seed: number): Random {
  let state = Math.imul(seed, 0x9e37_79b1);
  return (limit) => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Bytes that have a meaning in the format, or are just beyond those that have. */
const TELLING = [0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x3f, 0x40, 0x41, 0x42, 0x50, 0x60];
const LARGE = [
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x10],
  [0x80, 0x80, 0x04],
  [0x80, 0x00],
];

function damageOnce(
  bytes: Uint8Array,
  other: Uint8Array,
  random: Random,
  pick: () => number,
): Uint8Array {
  const at = Math.min(pick(), Math.max(0, bytes.length - 1));
  const length = 1 + random(16);
  switch (random(12)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return splice(bytes, at, length, []);
    case 2:
      return splice(bytes, at, 0, bytes.subarray(at, at + length));
    case 3: {
      const from = random(other.length);
      return splice(bytes, at, random(2) * length, other.subarray(from, from + length));
    }
    case 4:
      return splice(bytes, at, 1, LARGE[random(LARGE.length)] ?? []);
    case 5:
      return swapSections(bytes, random);
    case 6:
      return repeatSection(bytes, random);
    case 7:
    case 8:
      return splice(bytes, at, 1, [TELLING[random(TELLING.length)] ?? 0]);
    case 9:
      return splice(bytes, at, 1, [(bytes[at] ?? 0) + (random(2) === 0 ? 1 : 255)]);
    case 10:
      return splice(bytes, at, 1, [0x60 + random(0x20)]);
    default:
      return splice(bytes, at, 1, [(bytes[at] ?? 0) ^ (1 << random(8))]);
  }
}

function splice(bytes: Uint8Array, at: number, length: number, by: ArrayLike<number>): Uint8Array {
  const spliced = new Uint8Array(bytes.length - Math.min(length, bytes.length - at) + by.length);
  spliced.set(bytes.subarray(0, at));
  spliced.set(by, at);
  spliced.set(bytes.subarray(at + length), at + by.length);
  return spliced;
}

interface Section {
  readonly id: number;
  readonly from: number;
  /** Offset of its content. */
  readonly body: number;
  readonly to: number;
}

function listSections(bytes: Uint8Array, from: number, to: number): Section[] {
  const sections: Section[] = [];
  for (let at = from + 8; at < to;) {
    const start = at;
    const id = bytes[at++] ?? 0;
    let size = 0;
    for (let shift = 0; at < to; shift += 7) {
      const byte = bytes[at++] ?? 0;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    sections.push({ id, from: start, body: at, to: Math.min(to, at + size) });
    at += size;
  }
  return sections;
}

/** The offsets of all bytes except the contents of core modules and custom sections. */
export function listPlaces(bytes: Uint8Array): readonly number[] {
  const places: number[] = [];
  const addFrom = (from: number, to: number): void => {
    for (const section of listSections(bytes, from, to)) {
      const isOpaque = section.id < 2;
      for (let at = section.from; at < (isOpaque ? section.body : section.to); at++)
        places.push(at);
      if (section.id === 4) addFrom(section.body, section.to);
    }
  };
  addFrom(0, bytes.length);
  return places;
}

function swapSections(bytes: Uint8Array, random: Random): Uint8Array {
  const sections = listSections(bytes, 0, bytes.length);
  const first = random(sections.length);
  const [a, b] = [sections[first], sections[first + 1 + random(3)]];
  if (a === undefined || b === undefined) return bytes;
  const parts = [
    bytes.subarray(0, a.from),
    bytes.subarray(b.from, b.to),
    bytes.subarray(a.to, b.from),
    bytes.subarray(a.from, a.to),
    bytes.subarray(b.to),
  ];
  return concat(parts);
}

function repeatSection(bytes: Uint8Array, random: Random): Uint8Array {
  const sections = listSections(bytes, 0, bytes.length);
  const section = sections[random(sections.length)];
  if (section === undefined) return bytes;
  return concat([bytes.subarray(0, section.to), bytes.subarray(section.from)]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

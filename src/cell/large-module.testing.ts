/** Large core modules, built as binaries since their text would take seconds to parse. */
import { concatBytes } from "#base";
import { listModules, parseComponent } from "#component";

function encodeNumber(value: number): number[] {
  return value < 0x80
    ? [value]
    : [(value % 0x80) | 0x80, ...encodeNumber(Math.floor(value / 0x80))];
}

/** A section that consists of a count and equal items. */
interface Section {
  readonly id: number;
  /** Number of repetitions of `item`. */
  readonly count: number;
  readonly item: ArrayLike<number>;
}

/** A core module, valid or not. */
export function createModule(...sections: readonly Section[]): Uint8Array {
  const parts = sections.map(({ id, count, item }) => {
    const begin = encodeNumber(count);
    const body = new Uint8Array(begin.length + count * item.length);
    body.set(begin);
    for (let at = begin.length; at < body.length; at += item.length) body.set(item, at);
    return [...[id, ...encodeNumber(body.length)].map((byte) => Uint8Array.of(byte)), body];
  });
  const header = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  return concatBytes([header, ...parts.flat()]);
}

/** A function type with eight parameters. */
export const plainFunction: readonly number[] = [0x60, 8, ...Array<number>(8).fill(0x7f), 0];

/** A global whose initial value is a sum of this many numbers. */
export function addingGlobal(numbers: number): Uint8Array {
  const item = new Uint8Array(3 * numbers + 5);
  item.set([0x7f, 0, 0x41, 0]);
  for (let at = 4; at < item.length - 1; at += 3) item.set([0x41, 0, 0x6a], at);
  item[item.length - 1] = 0x0b;
  return item;
}

/** Adds a core module to the component, and instantiates it once. */
export function addModule(component: Uint8Array, module: Uint8Array): Uint8Array {
  const index = listModules(parseComponent(component)).length;
  const header = Uint8Array.of(1, ...encodeNumber(module.length));
  const instance = Uint8Array.of(2, 4, 1, 0, index, 0);
  return concatBytes([component, header, module, instance]);
}

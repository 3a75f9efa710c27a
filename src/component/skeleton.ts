/** A component without what an instance of it is not made of by a script: code of core modules, and custom sections. */
import { concatBytes } from "#base";

const PREAMBLE_BYTES = 8;
const CUSTOM = 0;
const CORE_MODULE = 1;
const COMPONENT = 4;

/**
 * The component with empty core modules, to be parsed again in another thread: some tens of kilobytes instead of megabytes.
 * Its core modules have the same indices.
 *
 * @param component bytes that `parseComponent` has taken
 */
export function toSkeleton(component: Uint8Array): Uint8Array {
  const parts = [component.subarray(0, PREAMBLE_BYTES)];
  for (let at = PREAMBLE_BYTES; at < component.length;) {
    const id = component[at] as number;
    const size = readSize(component, at + 1);
    const end = size.end + size.value;
    if (id === CORE_MODULE) {
      parts.push(Uint8Array.of(CORE_MODULE, 0));
    } else if (id === COMPONENT) {
      const inner = toSkeleton(component.subarray(size.end, end));
      parts.push(Uint8Array.of(COMPONENT), encodeSize(inner.length), inner);
    } else if (id !== CUSTOM) {
      parts.push(component.subarray(at, end));
    }
    at = end;
  }
  return concatBytes(parts);
}

function readSize(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] as number;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at };
  }
}

function encodeSize(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

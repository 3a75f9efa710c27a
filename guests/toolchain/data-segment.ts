/** Exchanging the bytes of one passive data segment of a core module. */

const DATA_SECTION = 11;

/**
 * The module with `bytes` in place of the passive segment that holds exactly `marker`.
 *
 * @throws {Error} when there is no such segment.
 * @see https://webassembly.github.io/spec/core/binary/modules.html#data-section
 */
export function replaceSegment(module: Uint8Array, marker: string, bytes: Uint8Array): Uint8Array {
  const wanted = Buffer.from(marker);
  for (let at = 8; at < module.length;) {
    const id = module[at];
    const [size, start] = readLeb(module, at + 1);
    if (id === DATA_SECTION) {
      // A passive segment: kind 1, length, bytes.
      const old = Buffer.concat([Buffer.from([1]), writeLeb(wanted.length), wanted]);
      const offset = Buffer.from(module.buffer, module.byteOffset + start, size).indexOf(old);
      if (offset < 0) break;
      const body = Buffer.concat([
        module.subarray(start, start + offset),
        Buffer.from([1]),
        writeLeb(bytes.length),
        bytes,
        module.subarray(start + offset + old.length, start + size),
      ]);
      return Buffer.concat([
        module.subarray(0, at + 1),
        writeLeb(body.length),
        body,
        module.subarray(start + size),
      ]);
    }
    at = start + size;
  }
  throw new Error(`Module has no passive data segment "${marker}"`);
}

/** The number and the offset behind it. */
function readLeb(bytes: Uint8Array, at: number): [number, number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}

function writeLeb(value: number): Buffer {
  const bytes: number[] = [];
  do {
    bytes.push(value > 0x7f ? (value & 0x7f) | 0x80 : value);
    value >>>= 7;
  } while (value > 0);
  return Buffer.from(bytes);
}

/**
 * What a component asks for and gives, read from its binary: enough to refuse it before any work is done.
 *
 * Follows `design/mvp/Binary.md` of the component model: preamble, then sections; only imports and exports of the
 * outermost component are looked at.
 */
import { decodeText, Exception } from "#base";

/** Names as they stand in the binary, with versions. */
export interface ComponentNames {
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

const IMPORT_SECTION = 10;
const EXPORT_SECTION = 11;
const HOW_TO_BUILD = 'build one with "jco new" or "wasm-tools component new"';

/** @throws {Exception} `failed` when the bytes are no component, or are cut off. */
export function readComponent(bytes: Uint8Array): ComponentNames {
  requirePreamble(bytes);
  const names: { imports: string[]; exports: string[] } = { imports: [], exports: [] };
  try {
    const all = createCursor(bytes, 8);
    while (!all.done) {
      const id = all.byte();
      const section = createCursor(all.bytes(all.u32()), 0);
      if (id === IMPORT_SECTION) readMany(section, () => names.imports.push(readImport(section)));
      if (id === EXPORT_SECTION) readMany(section, () => names.exports.push(readExport(section)));
    }
  } catch (cause) {
    throw notComponent("it is damaged or cut off; fetch or build it again", { cause });
  }
  return names;
}

function requirePreamble(bytes: Uint8Array): void {
  if (bytes.length === 0) throw notComponent(`it is empty; ${HOW_TO_BUILD}`);
  if (decodeText(bytes.subarray(0, 4)) !== "\0asm") {
    throw notComponent(`it does not begin as WebAssembly does; ${HOW_TO_BUILD}`);
  }
  const [version, , layer] = bytes.subarray(4, 8);
  if (layer === 0) throw notComponent('it is a core module; wrap it with "jco new --wasi-command"');
  if (layer !== 1 || version !== 0x0d) {
    throw notComponent(`it is of an unknown version; ${HOW_TO_BUILD}`);
  }
}

function notComponent(why: string, options: { cause?: unknown } = {}): Exception {
  return new Exception("failed", `Not a WebAssembly component: ${why}`, options);
}

function readMany(cursor: Cursor, readOne: () => void): void {
  for (let count = cursor.u32(); count > 0; count--) readOne();
}

function readImport(cursor: Cursor): string {
  const name = readName(cursor);
  skipDescription(cursor);
  return name;
}

function readExport(cursor: Cursor): string {
  const name = readName(cursor);
  if (cursor.byte() === 0x00) cursor.byte();
  cursor.u32();
  if (cursor.byte() === 0x01) skipDescription(cursor);
  return name;
}

function readName(cursor: Cursor): string {
  const kind = cursor.byte();
  if (kind > 0x01) throw new RangeError(`Unknown kind of name: ${kind}`);
  return decodeText(cursor.bytes(cursor.u32()));
}

/** An `externdesc`: a core module, function, value, type, component or instance. */
function skipDescription(cursor: Cursor): void {
  const kind = cursor.byte();
  if (kind === 0x00) cursor.byte();
  if (kind === 0x03 && cursor.byte() === 0x01) return;
  if (kind === 0x02 || kind > 0x05) throw new RangeError(`Unknown kind of import: ${kind}`);
  cursor.u32();
}

interface Cursor {
  readonly done: boolean;
  byte(): number;
  bytes(length: number): Uint8Array;
  /** LEB128. */
  u32(): number;
}

function createCursor(bytes: Uint8Array, start: number): Cursor {
  let at = start;
  const cursor: Cursor = {
    get done() {
      return at >= bytes.length;
    },
    byte() {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("Unexpected end");
      return byte;
    },
    bytes(length) {
      if (length > bytes.length - at) throw new RangeError("Unexpected end");
      at += length;
      return bytes.subarray(at - length, at);
    },
    u32() {
      let value = 0;
      for (let shift = 0; shift < 35; shift += 7) {
        const byte = cursor.byte();
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
      throw new RangeError("Number is too long");
    },
  };
  return cursor;
}

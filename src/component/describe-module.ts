/** The contents of a core module in words for people, read from its sections without validation. */

export interface ModuleDescription {
  readonly bytes: number;
  readonly functions: number;
  readonly codeBytes: number;
  readonly dataBytes: number;
  /** Memories that it defines, in pages of 64 KiB; one without a maximum may grow as far as the host allows. */
  readonly memories: readonly MemoryDescription[];
  readonly tables: number;
  /** Names of exported functions. */
  readonly exports: readonly string[];
  /** Proposals that the compiler lists as used, and those that show in its sections. */
  readonly features: readonly string[];
}

export interface MemoryDescription {
  readonly minimum: number;
  readonly maximum: number | undefined;
}

const HEADER_BYTES = 8;

/** Describes as much as it can read: of a truncated module, everything before the end. */
export function describeModule(module: Uint8Array): ModuleDescription {
  const features = new Set<string>();
  const found = { functions: 0, codeBytes: 0, dataBytes: 0, tables: 0 };
  let memories: readonly MemoryDescription[] = [];
  let exports: readonly string[] = [];
  const sections = new Reader(module, HEADER_BYTES);
  while (sections.at < module.length) {
    const id = sections.byte();
    const size = sections.number();
    // The reader ends with the section: otherwise, each of many sections that claim more could have the rest read
    // again.
    const reader = new Reader(module.subarray(sections.at, sections.at + size), 0);
    sections.at += size;
    switch (id) {
      case 0:
        if (reader.text() === "target_features")
          readFeatures(reader).forEach((it) => features.add(it));
        break;
      case 3:
        found.functions = reader.number();
        break;
      case 4:
        found.tables = reader.number();
        break;
      case 5:
        memories = reader.many(() => readMemory(reader, features));
        break;
      case 7:
        exports = reader.many(() => readExport(reader)).flat();
        break;
      case 10:
        found.codeBytes = size;
        break;
      case 11:
        found.dataBytes = size;
        break;
      case 13:
        features.add("exception-handling");
        break;
      default:
    }
  }
  return { bytes: module.length, ...found, memories, exports, features: [...features] };
}

/** Entries of a sign and a name each. @see https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md */
function readFeatures(reader: Reader): readonly string[] {
  return reader
    .many(() => ({ isUsed: reader.byte() === 0x2b, name: reader.text() }))
    .flatMap(({ isUsed, name }) => (isUsed ? [name] : []));
}

/** The export's name if it is a function; else nothing. */
function readExport(reader: Reader): readonly string[] {
  const name = reader.text();
  const isFunction = reader.byte() === 0;
  reader.number();
  return isFunction ? [name] : [];
}

function readMemory(reader: Reader, features: Set<string>): MemoryDescription {
  const flags = reader.number();
  if ((flags & 2) !== 0) features.add("threads");
  if ((flags & 4) !== 0) features.add("memory64");
  return {
    minimum: reader.number(),
    maximum: (flags & 1) === 0 ? undefined : reader.number(),
  };
}

/** Reads zeros beyond the end. */
class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.#bytes[this.at++] ?? 0;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  text(): string {
    const length = this.number();
    return new TextDecoder().decode(this.#bytes.subarray(this.at, (this.at += length)));
  }

  many<T>(one: () => T): T[] {
    const all: T[] = [];
    for (let left = this.number(); left > 0 && this.at < this.#bytes.length; left--)
      all.push(one());
    return all;
  }
}

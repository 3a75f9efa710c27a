/** Other programs from one: larger by the same code again and again, or the same with a note. */

const CUSTOM = 0;
const CORE_MODULE = 1;
const FUNCTIONS = 3;
const CODE = 10;
const HEADER_BYTES = 8;

interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

/** The component, its largest core module grown by copies of its functions, which nobody calls, to about so many bytes. */
export function growComponent(component: Uint8Array, bytes: number): Uint8Array {
  const sections = readSections(component);
  const largest = sections
    .filter(({ id }) => id === CORE_MODULE)
    .reduce((most, section) => (section.body.length > most.body.length ? section : most));
  const rest = component.length - largest.body.length;
  const grown = sections.map((section) =>
    section === largest ? { ...section, body: growModule(section.body, bytes - rest) } : section,
  );
  return writeSections(component.subarray(0, HEADER_BYTES), grown);
}

/** The component, with a note in each of its core modules: to the engine, they are others. */
export function noteInComponent(component: Uint8Array, note: string): Uint8Array {
  const name = new TextEncoder().encode(note);
  const custom = concat([encodeNumber(name.length), name]);
  const sections = readSections(component).map((section) =>
    section.id === CORE_MODULE
      ? {
          ...section,
          body: concat([section.body, Uint8Array.of(CUSTOM), encodeNumber(custom.length), custom]),
        }
      : section,
  );
  return writeSections(component.subarray(0, HEADER_BYTES), sections);
}

function growModule(module: Uint8Array, bytes: number): Uint8Array {
  const sections = readSections(module);
  const types = readItems(sections, FUNCTIONS, (body, at) => readNumber(body, at).end);
  const bodies = readItems(sections, CODE, (body, at) => {
    const size = readNumber(body, at);
    return size.end + size.value;
  });
  const codeBytes = bodies.reduce((sum, body) => sum + body.length, 0);
  const copies = Math.max(0, Math.round((bytes - module.length) / codeBytes));
  const repeat = (items: readonly Uint8Array[]): Uint8Array => {
    const all = Array.from({ length: copies + 1 }, () => items).flat();
    return concat([encodeNumber(all.length), ...all]);
  };
  return writeSections(
    module.subarray(0, HEADER_BYTES),
    sections.map((section) => {
      if (section.id === FUNCTIONS) return { ...section, body: repeat(types) };
      return section.id === CODE ? { ...section, body: repeat(bodies) } : section;
    }),
  );
}

function readItems(
  sections: readonly Section[],
  id: number,
  findEnd: (body: Uint8Array, at: number) => number,
): readonly Uint8Array[] {
  const body = sections.find((section) => section.id === id)?.body ?? new Uint8Array(1);
  const count = readNumber(body, 0);
  let at = count.end;
  return Array.from({ length: count.value }, () => {
    const end = findEnd(body, at);
    const item = body.subarray(at, end);
    at = end;
    return item;
  });
}

function readSections(binary: Uint8Array): readonly Section[] {
  const sections: Section[] = [];
  for (let at = HEADER_BYTES; at < binary.length;) {
    const size = readNumber(binary, at + 1);
    const end = size.end + size.value;
    sections.push({ id: binary[at] ?? 0, body: binary.subarray(size.end, end) });
    at = end;
  }
  return sections;
}

function writeSections(header: Uint8Array, sections: readonly Section[]): Uint8Array {
  const parts = sections.flatMap(({ id, body }) => [
    Uint8Array.of(id),
    encodeNumber(body.length),
    body,
  ]);
  return concat([header, ...parts]);
}

function readNumber(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; ; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
}

function encodeNumber(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

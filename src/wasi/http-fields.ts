/** The resource `fields` of `wasi:http/types`: names that ignore case, values of bytes. */
import { isHttpToken, isOfConnection } from "#base";
import type { HttpHeader } from "#base";
import type { Quota } from "#vfs";
import { refuse, trap } from "./trap.ts";

/** Bytes charged for a field besides its name and value: 310 on the heap of V8 were measured, and 150 outside of it. */
const FIELD_BYTES = 480;
/** Engines store some strings with two bytes for each character. */
const LETTER_BYTES = 2;

// Symbols, since these are for the host only: a component can name any method that has a string for a name.
export const SEAL: unique symbol = Symbol("seal");
export const HEADERS: unique symbol = Symbol("headers");
export const SEALED: unique symbol = Symbol("sealed");

export interface Fields extends Disposable {
  get(name: string): Uint8Array[];
  append(name: string, value: Uint8Array): void;
  clone(): Fields;
  /** A copy that the guest cannot change. */
  [SEAL](): Fields;
  [HEADERS](): HttpHeader[];
}

type Entry = readonly [name: string, value: Uint8Array];

/** The class for one cell. `header-error` has no case for lack of memory, so a guest that keeps too much traps. */
export function createFieldsClass(quota: Quota): FieldsClass {
  return class CellFields implements Fields {
    #entries: Entry[] = [];
    #isSealed = false;

    static [SEALED](headers: readonly HttpHeader[]): CellFields {
      const fields = new CellFields();
      for (const { name, value } of headers) fields.#add(name, toBytes(value));
      fields.#isSealed = true;
      return fields;
    }

    static fromList(entries: readonly Entry[]): CellFields {
      const fields = new CellFields();
      for (const [name, value] of entries) fields.append(name, value);
      return fields;
    }

    get(name: string): Uint8Array[] {
      return this.#entries.filter(([key]) => same(key, name)).map(([, value]) => value);
    }

    has(name: string): boolean {
      return this.#entries.some(([key]) => same(key, name));
    }

    set(name: string, values: readonly Uint8Array[]): void {
      this.#requireOpen(name);
      values.forEach(requireValue);
      this.#keep((key) => !same(key, name));
      for (const value of values) this.#add(name, value);
    }

    delete(name: string): void {
      this.#requireOpen(name);
      this.#keep((key) => !same(key, name));
    }

    append(name: string, value: Uint8Array): void {
      this.#requireOpen(name);
      requireValue(value);
      this.#add(name, value);
    }

    entries(): Entry[] {
      return this.#entries.map(([name, value]) => [name, value]);
    }

    clone(): CellFields {
      const fields = new CellFields();
      for (const [name, value] of this.#entries) fields.#add(name, value);
      return fields;
    }

    [SEAL](): CellFields {
      const fields = this.clone();
      fields.#isSealed = true;
      return fields;
    }

    [HEADERS](): HttpHeader[] {
      return this.#entries.map(([name, value]) => ({ name, value: toText(value) }));
    }

    #requireOpen(name: string): void {
      if (this.#isSealed) refuse({ tag: "immutable" });
      if (!isHttpToken(name)) refuse({ tag: "invalid-syntax" });
      if (isOfConnection(name) || same(name, "host")) refuse({ tag: "forbidden" });
    }

    #add(name: string, value: Uint8Array): void {
      const entry: Entry = [name, value];
      if (!quota.takeMemory(bytesOf(entry))) {
        trap("wasi:http: the headers that the cell keeps need more memory than it may have");
      }
      this.#entries.push(entry);
    }

    [Symbol.dispose](): void {
      this.#keep(() => false);
    }

    #keep(isKept: (name: string) => boolean): void {
      const kept: Entry[] = [];
      for (const entry of this.#entries) {
        if (isKept(entry[0])) kept.push(entry);
        else quota.takeMemory(-bytesOf(entry));
      }
      this.#entries = kept;
    }
  };
}

function bytesOf([name, value]: Entry): number {
  return FIELD_BYTES + name.length * LETTER_BYTES + value.length;
}

export interface FieldsClass {
  new (): Fields;
  readonly prototype: Fields;
  fromList(entries: readonly Entry[]): Fields;
  /** Fields that the guest cannot change. */
  [SEALED](headers: readonly HttpHeader[]): Fields;
}

/** Checks byte by byte: a string would be another copy. @see src/base/http-message.ts */
function requireValue(value: Uint8Array): void {
  const isEdged = isBlank(value[0]) || isBlank(value.at(-1));
  if (isEdged || !value.every(isAllowed)) refuse({ tag: "invalid-syntax" });
}

function isBlank(byte: number | undefined): boolean {
  return byte === TAB || byte === SPACE;
}

function isAllowed(byte: number): boolean {
  return (byte >= SPACE && byte !== DELETE) || byte === TAB;
}

const TAB = 9;
const SPACE = 32;
const DELETE = 127;

/** One character for each byte. */
function toText(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  }
  return text;
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** The most arguments of one call. */
const PIECE_BYTES = 8192;

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

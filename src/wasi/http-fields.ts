/** The resource `fields` of `wasi:http/types`: header names without regard to case, values as bytes. */
import type { Quota } from "#vfs";
import { trap } from "./trap.ts";

/** What one field takes of the heap beside its name and value: 310 bytes were measured in V8, 150 more outside of it. */
const FIELD_BYTES = 480;
/** Engines keep some texts with two bytes a letter. */
const LETTER_BYTES = 2;

export interface Fields extends Disposable {
  append(name: string, value: Uint8Array): void;
  clone(): Fields;
}

type Entry = readonly [name: string, value: Uint8Array];

/** The class for one cell. `header-error` has no case for want of memory, so a guest that keeps too much ends. */
export function createFieldsClass(quota: Quota): {
  new (): Fields;
  readonly prototype: Fields;
  fromList(entries: readonly Entry[]): Fields;
} {
  return class CellFields implements Fields {
    #entries: Entry[] = [];

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
      this.delete(name);
      for (const value of values) this.append(name, value);
    }

    delete(name: string): void {
      this.#keep((key) => !same(key, name));
    }

    append(name: string, value: Uint8Array): void {
      const entry: Entry = [name, value];
      if (!quota.takeMemory(bytesOf(entry))) {
        trap("wasi:http: the headers that it keeps take more memory than it may have");
      }
      this.#entries.push(entry);
    }

    entries(): Entry[] {
      return this.#entries.map(([name, value]) => [name, value]);
    }

    clone(): CellFields {
      return CellFields.fromList(this.#entries);
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

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

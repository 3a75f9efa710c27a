/** Bytes of a terminal as keys: letters, and escape sequences as a whole. */
import { concatBytes } from "#base";
import { toText } from "./text.ts";

/** An escape sequence, or the beginning of one. */
// oxlint-disable-next-line no-control-regex -- these are what it is about
const SEQUENCE = /^\x1b(?:\[[0-9;?]*[A-Za-z~]|O[A-Za-z]|[^[O])/;
// oxlint-disable-next-line no-control-regex -- these are what it is about
const BEGINNING = /^\x1b(?:\[[0-9;?]*|O)?$/;

export interface Keys {
  /** The keys that are whole now; what is not waits for the next bytes. */
  take(bytes: Uint8Array): string[];
}

export function createKeys(): Keys {
  let held: Uint8Array = new Uint8Array(0);
  return {
    take(bytes) {
      const all = concatBytes([held, bytes]);
      const end = all.length - cutLetter(all);
      held = all.slice(end);
      let text = toText(all.subarray(0, end));
      const keys: string[] = [];
      while (text !== "") {
        if (BEGINNING.test(text) && text.length > 1) {
          held = concatBytes([new TextEncoder().encode(text), held]);
          break;
        }
        const key = SEQUENCE.exec(text)?.[0] ?? String.fromCodePoint(text.codePointAt(0) ?? 0);
        keys.push(key);
        text = text.slice(key.length);
      }
      return keys;
    },
  };
}

/** How many bytes at the end are the beginning of a letter. */
function cutLetter(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

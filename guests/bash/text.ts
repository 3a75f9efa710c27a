/** Bytes as the shell's texts: UTF-8, and what is not UTF-8 as lone surrogates, so that it survives. */
import { concatBytes, decodeText, encodeText } from "#base";

/** Where the bytes 0x80 to 0xff are that are no UTF-8: U+DC80 to U+DCFF. */
const ESCAPE = 0xdc00;
const LONE = /[\udc80-\udcff]/;
const LATIN_PIECE = 8192;

/** Any bytes; `toBytes` gives the same back. */
export function toText(bytes: Uint8Array): string {
  const text = decodeText(bytes);
  if (!text.includes("\ufffd")) return text;
  let out = "";
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) out += String.fromCharCode(ESCAPE + (bytes[at++] ?? 0));
    else {
      out += decodeText(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return out;
}

export function toBytes(text: string): Uint8Array {
  if (!LONE.test(text)) return encodeText(text);
  const parts: Uint8Array[] = [];
  let held = "";
  for (const letter of text) {
    const code = letter.charCodeAt(0);
    if (letter.length === 1 && code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff) {
      if (held !== "") parts.push(encodeText(held));
      held = "";
      parts.push(Uint8Array.of(code - ESCAPE));
    } else held += letter;
  }
  if (held !== "") parts.push(encodeText(held));
  return concatBytes(parts);
}

/** A letter for each byte: the convention of the tools. */
export function toLatin(bytes: Uint8Array): string {
  let out = "";
  for (let at = 0; at < bytes.length; at += LATIN_PIECE) {
    out += String.fromCharCode(...bytes.subarray(at, at + LATIN_PIECE));
  }
  return out;
}

export function fromLatin(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** How many bytes the well-formed letter at an offset has; 0 if there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first > 0xf4 || at + length > bytes.length) return 0;
  for (let next = 1; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return length;
}

/** Converts UTF-8 to and from strings. Short ASCII, which most RPC text is, avoids TextDecoder and TextEncoder. */
import { decodeText } from "#base";

const SHORT = 64;

export function readUtf8(view: DataView, at: number, length: number): string {
  if (length <= SHORT) {
    // Builds one flat string: engines copy a concatenation of letters when it is first read.
    const codes: number[] = [];
    let i = 0;
    for (; i < length; i++) {
      const byte = view.getUint8(at + i);
      if (byte >= 0x80) break;
      codes.push(byte);
    }
    if (i === length) return String.fromCharCode(...codes);
  }
  return decodeText(new Uint8Array(view.buffer, view.byteOffset + at, length));
}

export function isShortAscii(text: string): boolean {
  const { length } = text;
  if (length > SHORT) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

export function writeAscii(text: string, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

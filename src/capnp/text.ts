/** UTF-8 to and from strings; short ASCII, which most RPC text is, never meets the platform's coder. */
import { decodeText, encodeText } from "#base";

const SHORT = 64;

export function readUtf8(view: DataView, at: number, length: number): string {
  if (length <= SHORT) {
    let text = "";
    let i = 0;
    for (; i < length; i++) {
      const byte = view.getUint8(at + i);
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (i === length) return text;
  }
  return decodeText(new Uint8Array(view.buffer, view.byteOffset + at, length));
}

/** The codes of a short ASCII text, or its UTF-8 bytes. */
export function toUtf8(text: string): Uint8Array {
  const { length } = text;
  if (length > SHORT) return encodeText(text);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return encodeText(text);
    bytes[i] = code;
  }
  return bytes;
}

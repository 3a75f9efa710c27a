/** Bytes of UTF-8 → text: of names in a component's binary, and of strings in its memory. */

/** Up to so many letters, Chromium's decoder takes 1 µs where a loop takes 0.2: most of what a `stat` of a file cost. */
const SHORT_BYTES = 48;

// A byte order mark is a character like any other here.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text; `undefined` when the bytes are no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return (bytes.length <= SHORT_BYTES ? decodeAscii(bytes) : undefined) ?? utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The text of bytes that are all ASCII; `undefined` when they are not. */
function decodeAscii(bytes: Uint8Array): string | undefined {
  const codes: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return undefined;
    codes.push(byte);
  }
  return String.fromCharCode(...codes);
}

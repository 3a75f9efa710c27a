/** The codec of strings, in the three encodings. @see CanonicalABI.md `load_string`, `store_string` */
import type { Codec } from "./codec.ts";
import { decodeUtf8 } from "./decode-text.ts";
import type { MemoryContext } from "./memory-context.ts";
import { createPointerCodec } from "./pointer-codec.ts";
import { trap } from "./trap.ts";
import type { Layout } from "./types.ts";

/** The bit in a length of `latin1+utf16` that says that it counts units of UTF-16. */
const UTF16_TAG = 0x8000_0000;
const PIECE_BYTES = 64 * 1024;

const utf16 = new TextDecoder("utf-16le", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function createStringCodec(layout: Layout): Codec {
  return createPointerCodec(layout, loadString, storeString);
}

function loadString(cx: MemoryContext, at: number, length: number): string {
  const { encoding } = cx;
  if (encoding === "utf8") {
    check(cx, at, length, 1);
    // Short strings are decoded without a view: creating one takes as long as decoding.
    return decodeUtf8(cx.bytes, at, at + length) ?? trap("invalid utf-8 in a string");
  }
  const isTagged = encoding !== "utf16" && length >= UTF16_TAG;
  if (encoding !== "utf16" && !isTagged) return decodeLatin1(read(cx, at, length, 2));
  return decodeUtf16(read(cx, at, (isTagged ? length - UTF16_TAG : length) * 2, 2));
}

function check(cx: MemoryContext, at: number, bytes: number, align: number): void {
  cx.charge(bytes);
  cx.check(at, bytes, align, "string");
}

function read(cx: MemoryContext, at: number, bytes: number, align: number): Uint8Array {
  check(cx, at, bytes, align);
  return cx.bytes.subarray(at, at + bytes);
}

function decodeUtf16(bytes: Uint8Array): string {
  try {
    return utf16.decode(bytes);
  } catch {
    return trap("invalid utf-16le in a string");
  }
}

/**
 * The platform's Latin-1 decoder is really Windows-1252, so bytes are widened to UTF-16 instead. The pieces are large,
 * since engines keep each `+=` as a node of a tree: character by character, 60 MiB took 2 GiB and ten seconds.
 */
function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    text += utf16.decode(new Uint16Array(bytes.subarray(at, at + PIECE_BYTES)));
  }
  return text;
}

/** Allocates the exact size at once. A lone surrogate, which is no character, becomes U+FFFD. */
function storeString(cx: MemoryContext, value: unknown): readonly [at: number, length: number] {
  const text = value as string;
  if (cx.encoding === "utf8") {
    const bytes = encoder.encode(text);
    const at = cx.allocate(bytes.length, 1);
    cx.bytes.set(bytes, at);
    return [at, bytes.length];
  }
  if (cx.encoding === "latin1+utf16" && isLatin1(text)) {
    const at = cx.allocate(text.length, 2);
    const { bytes } = cx;
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
    return [at, text.length];
  }
  const units = text.toWellFormed();
  const at = cx.allocate(units.length * 2, 2);
  const { view } = cx;
  for (let i = 0; i < units.length; i++) view.setUint16(at + i * 2, units.charCodeAt(i), true);
  return [at, cx.encoding === "utf16" ? units.length : units.length + UTF16_TAG];
}

function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

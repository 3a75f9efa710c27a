import { expect, test } from "vitest";
import { decodeUtf8 } from "./decode-text.ts";

const LENGTHS = [0, 1, 2, 47, 48, 49, 1000];

test.for(LENGTHS)("decodeUtf8() reads %i letters, of ASCII and of others", (length) => {
  for (const letter of ["a", "\0", "\x7f", "é", "\u{feff}", "\u{1f980}"]) {
    const text = letter.repeat(length);
    expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
  }
});

test.for(LENGTHS)("decodeUtf8() gives nothing for %i letters and what is no UTF-8", (length) => {
  for (const wrong of [[0xff], [0xc3, 0x28], [0xc3], [0xed, 0xa0, 0x80]]) {
    const bytes = Uint8Array.from([...Array<number>(length).fill(0x61), ...wrong]);
    expect(decodeUtf8(bytes)).toBeUndefined();
  }
});

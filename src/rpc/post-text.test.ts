import * as fc from "fast-check";
import { expect, test } from "vitest";
import { concatBytes } from "#base";
import { TEXT_BYTES, TextReader, toText } from "./post-text.ts";

test("what is read from a text is what was written, and stays so", () => {
  const reader = new TextReader();
  const read: Uint8Array[] = [];
  const written: Uint8Array[] = [];
  // At odd places too.
  const bytes = fc
    .tuple(fc.uint8Array({ maxLength: 84 }), fc.nat(1))
    .map(([some, at]) => concatBytes([new Uint8Array(at), some, some]).subarray(at));
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 6 }), (parts) => {
      const text = structuredClone(toText(parts));
      const back = reader.toBytes(text);
      expect(back).toEqual(concatBytes(parts));
      read.push(back ?? new Uint8Array(0));
      written.push(concatBytes(parts));
    }),
    { numRuns: 400 },
  );
  expect(read).toEqual(written);
});

test("a text of the greatest length is read, a longer one is not", () => {
  const reader = new TextReader();
  const full = new Uint8Array(TEXT_BYTES).map((_, at) => 255 - at);
  expect(reader.toBytes(toText([full]))).toEqual(full);
  expect(reader.toBytes("x".repeat(TEXT_BYTES / 2 + 1))).toBeUndefined();
  expect(reader.toBytes("")).toEqual(new Uint8Array(0));
});

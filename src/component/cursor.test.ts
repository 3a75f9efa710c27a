import { describe, expect, test } from "vitest";
import { text } from "./binary.testing.ts";
import { Cursor } from "./cursor.ts";

/** Encodes names, each followed by these bytes. */
function encodeNames(names: readonly string[], between: readonly number[]): Uint8Array {
  return Uint8Array.from(names.flatMap((name) => [...text(name), ...between]));
}

function readNames(bytes: Uint8Array, between: number): string[] {
  const cursor = new Cursor(bytes);
  const names: string[] = [];
  while (cursor.at < bytes.length) {
    names.push(cursor.name());
    cursor.skip(between);
  }
  return names;
}

describe("name()", () => {
  test("reads names wherever they lie, among any bytes", () => {
    const names = Array.from({ length: 400 }, (_, at) => `n-${"x".repeat((at * 37) % 1000)}-${at}`);
    const short = names.map((name) => name.slice(-1000));
    expect(readNames(encodeNames(short, [0x80, 0xff, 0x9f]), 3)).toEqual(short);
  });

  test("reads names that are no ASCII between others", () => {
    const names = ["wasi:io/poll", "größe", "\u{feff}mark", "poll", "", "名前", "\u{1f980}"];
    expect(readNames(encodeNames(names, [0xc3]), 1)).toEqual(names);
  });

  test("refuses what is no UTF-8", () => {
    expect(() => new Cursor(Uint8Array.of(2, 0x61, 0xff)).name()).toThrow("damaged");
    expect(() => new Cursor(Uint8Array.of(2, 0xc3, 0x28)).name()).toThrow("damaged");
  });

  test("reads nothing from beyond the section", () => {
    const bytes = encodeNames(["a-b", "c"], [0xff]);
    const cursor = new Cursor(bytes);
    cursor.end = 4;
    expect(cursor.name()).toBe("a-b");
    expect(() => cursor.name()).toThrow("damaged");
  });
});

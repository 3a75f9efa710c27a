import { expect, test } from "vitest";
import { requirePeerId } from "./peer-id.ts";

const KEY = new Uint8Array(32);

test("requirePeerId() takes a key as it is, or hashed", () => {
  requirePeerId(Uint8Array.of(0, 36, 8, 1, 0x12, 32, ...KEY));
  requirePeerId(Uint8Array.of(0x12, 32, ...KEY));
});

test.each([
  ["nothing", []],
  ["no multihash", [1, 2, 3]],
  ["a hash that is cut", [0x12, 32, ...KEY.subarray(1)]],
  ["another hash", [0x13, 32, ...KEY]],
  ["text", [0, 2, 0x68, 0x69]],
  ["a key of no kind", [0, 36, 8, 9, 0x12, 32, ...KEY]],
  ["a key of another length", [0, 35, 8, 1, 0x12, 32, ...KEY.subarray(1)]],
])("requirePeerId() refuses %s", (_, bytes) => {
  expect(() => requirePeerId(Uint8Array.from(bytes))).toThrow(/^invalid peer ID: ./);
});

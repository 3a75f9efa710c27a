import { encode } from "@ipld/dag-pb";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { sha256 } from "multiformats/hashes/sha2";
import { expect, test } from "vitest";
import { concatBytes } from "./bytes.ts";
import { countLinks } from "./count-links.ts";

const digest = await sha256.digest(new Uint8Array(1));
const node = CID.createV1(0x70, digest);
const leaf = CID.createV1(0x55, identity.digest(new Uint8Array(0)));

/** A block with links as small as they get, and the data. */
function blockOf(links: number, data: Uint8Array): Uint8Array {
  const Links = Array.from({ length: links }, () => ({ Hash: leaf }));
  return encode({ Data: data, Links });
}

/** Data of a file that tells sizes of parts, each in a byte. */
function sizes(count: number): Uint8Array {
  return concatBytes([Uint8Array.of(8, 2), new Uint8Array(2 * count).fill(0x20)]);
}

test("countLinks() tells what a block costs to decode, and nothing of other blocks", () => {
  expect(countLinks(node, blockOf(0, sizes(0)))).toBe(0);
  expect(countLinks(node, blockOf(174, sizes(174)))).toBe(174);
  expect(countLinks(node, new Uint8Array(0))).toBe(0);
  expect(countLinks(leaf, blockOf(20_000, sizes(0)))).toBe(0);
});

test("countLinks() takes 16384 links and refuses more, whatever comes first", () => {
  expect(countLinks(node, blockOf(16_384, sizes(16_384)))).toBe(16_384);
  const refusal = /^Cannot read block "bafy\w+": it has more than 16384 links$/;
  expect(() => countLinks(node, blockOf(16_385, sizes(0)))).toThrow(refusal);
  const turned = concatBytes([Uint8Array.of(10, 2, 8, 1), blockOf(16_385, sizes(0)).slice(0, -4)]);
  expect(() => countLinks(node, turned)).toThrow(refusal);
});

test("countLinks() refuses data that tells more sizes than there can be links", () => {
  expect(() => countLinks(node, blockOf(1, sizes(20_000)))).toThrow(
    /^Cannot read block "bafy\w+": it has more than 16384 sizes of parts$/,
  );
  // A field of 2^32 bytes is an empty one to a decoder that knows 32 bits of its length.
  const long = Uint8Array.of(0x12, 0x80, 0x80, 0x80, 0x80, 0x10);
  expect(() => countLinks(node, blockOf(1, concatBytes([long, sizes(20_000)])))).toThrow("sizes");
});

test("countLinks() comes to an end on what is no message", () => {
  for (const byte of [0, 1, 5, 0x0a, 0x0b, 0x12, 0x80, 0xff]) {
    expect(countLinks(node, new Uint8Array(1000).fill(byte))).toBeLessThanOrEqual(1000);
  }
});

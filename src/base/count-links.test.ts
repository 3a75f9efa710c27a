import { decode, encode } from "@ipld/dag-pb";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { sha256 } from "multiformats/hashes/sha2";
import { expect, test } from "vitest";
import { concatBytes } from "./bytes.ts";
import { countLinks, readLinkedCids, splitLinks } from "./count-links.ts";

const digest = await sha256.digest(new Uint8Array(1));
const node = CID.createV1(0x70, digest);
const leaf = CID.createV1(0x55, identity.digest(new Uint8Array(0)));

/** A block with the smallest possible links, and the data. */
function blockOf(links: number, data: Uint8Array): Uint8Array {
  const Links = Array.from({ length: links }, () => ({ Hash: leaf }));
  return encode({ Data: data, Links });
}

/** Data of a file with part sizes of one byte each. */
function sizes(count: number): Uint8Array {
  return concatBytes([Uint8Array.of(8, 2), new Uint8Array(2 * count).fill(0x20)]);
}

test("countLinks() tells what a block costs to decode, and nothing of other blocks", () => {
  expect(countLinks(node, blockOf(0, sizes(0)))).toBe(0);
  expect(countLinks(node, blockOf(174, sizes(174)))).toBe(174);
  expect(countLinks(node, new Uint8Array(0))).toBe(0);
  expect(countLinks(leaf, blockOf(20_000, sizes(0)))).toBe(0);
});

test("countLinks() takes 200000 links and refuses more, whatever comes first", () => {
  expect(countLinks(node, blockOf(200_000, sizes(16_384)))).toBe(200_000);
  const refusal = /^Cannot read block "bafy\w+": it has more than 200000 links$/;
  const wide = blockOf(200_001, sizes(0));
  expect(() => countLinks(node, wide)).toThrow(refusal);
  const turned = concatBytes([Uint8Array.of(10, 2, 8, 1), wide.slice(0, -4)]);
  expect(() => countLinks(node, turned)).toThrow(refusal);
});

test("countLinks() refuses data that tells more sizes than there can be links", () => {
  expect(() => countLinks(node, blockOf(1, sizes(20_000)))).toThrow(
    /^Cannot read block "bafy\w+": it has more than 16384 sizes of parts$/,
  );
  // A decoder that keeps 32 bits of a length takes a field of 2^32 bytes for an empty one.
  const long = Uint8Array.of(0x12, 0x80, 0x80, 0x80, 0x80, 0x10);
  expect(() => countLinks(node, blockOf(1, concatBytes([long, sizes(20_000)])))).toThrow("sizes");
});

test("splitLinks() gives parts that are decoded to the same links in their order, and to the data", () => {
  for (const count of [0, 4096, 4097, 10_000]) {
    const Links = Array.from({ length: count }, (_, at) => ({
      Name: `${at}`.padStart(5, "0"),
      Hash: leaf,
      Tsize: at,
    }));
    const block = encode({ Data: sizes(3), Links });
    const parts = splitLinks(node, block).map((part) => decode(part));
    expect(Math.max(...parts.map((part) => part.Links.length))).toBeLessThanOrEqual(4096);
    expect(parts.flatMap((part) => part.Links)).toEqual(decode(block).Links);
    expect(parts.flatMap(({ Data }) => (Data === undefined ? [] : [Data]))).toEqual([sizes(3)]);
  }
});

test("readLinkedCids() gives the CIDs that decoding gives, and ends on what is no message", () => {
  const Links = Array.from({ length: 300 }, (_, at) => ({
    Name: "n".repeat(at),
    Hash: at % 2 === 0 ? leaf : node,
    Tsize: 2 ** (at % 50),
  }));
  const block = encode({ Data: sizes(3), Links });
  const cids = readLinkedCids(block).map((bytes) => CID.decode(bytes));
  expect(cids).toEqual(decode(block).Links.map(({ Hash }) => Hash));
  for (const byte of [0, 1, 5, 0x0a, 0x0b, 0x12, 0x80, 0xff]) {
    expect(readLinkedCids(new Uint8Array(1000).fill(byte)).length).toBeLessThanOrEqual(1000);
  }
});

test("readLinkedCids() gives no more CIDs than there are links, however many one of them names", () => {
  const hashes = new Uint8Array(4 * 1024 ** 2);
  for (let at = 0; at < hashes.length; at += 2) hashes[at] = 0x0a;
  const { length } = hashes;
  const varint = [0, 7, 14, 21].map((bits) => ((length >> bits) & 0x7f) | (bits < 21 ? 0x80 : 0));
  const link = concatBytes([Uint8Array.of(0x12, ...varint), hashes]);
  expect(countLinks(node, link)).toBe(1);
  expect(readLinkedCids(link)).toEqual([]);
  expect(readLinkedCids(concatBytes([link, blockOf(2, sizes(0))]))).toEqual([
    leaf.bytes,
    leaf.bytes,
  ]);
});

test("splitLinks() loses no byte of what is no message", () => {
  for (const byte of [0, 1, 5, 0x0a, 0x12, 0x80]) {
    const block = new Uint8Array(20_000).fill(byte);
    expect(concatBytes(splitLinks(node, block))).toEqual(block);
  }
});

test("countLinks() comes to an end on what is no message", () => {
  for (const byte of [0, 1, 5, 0x0a, 0x0b, 0x12, 0x80, 0xff]) {
    expect(countLinks(node, new Uint8Array(1000).fill(byte))).toBeLessThanOrEqual(1000);
  }
});

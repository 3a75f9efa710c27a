/** Counts what a decoder would find in a block before it is decoded: a scan costs a hundredth of decoding. */
import type { CID } from "multiformats/cid";
import { Exception } from "./exception.ts";

/**
 * The most names that an image may have. Honest blocks have 174 or 1024 links, or one for each name of a folder that is
 * not sharded: a block of 4 MiB has about 80 000.
 */
const LIMIT_LINKS = 200_000;
/** The most part sizes in the data of a file; they are decoded in one turn, in about 10 ms. */
const LIMIT_SIZES = 16_384;
/** A block has a data field besides its links, and the data has eight fields besides part sizes. */
const OTHER_FIELDS = 8;
/** Decoding this many takes about 6 ms. */
const PART_LINKS = 4096;

const DAG_PB = 0x70;
const DATA_TAG = 0x0a;
const LINK_TAG = 0x12;
/** The field of a link that has its CID. */
const HASH_TAG = 0x0a;
/** Its CID, its name and its size. */
const LINK_FIELDS = 3;

/**
 * The number of links in a block of dag-pb, or more if the block is malformed; 0 for other blocks.
 *
 * @throws {Exception} `failed` when there are too many links, or too many sizes of parts in its data, to decode.
 */
export function countLinks(cid: CID, block: Uint8Array): number {
  if (cid.code !== DAG_PB) return 0;
  let data: Uint8Array | undefined;
  const fields = scanFields(block, LIMIT_LINKS + OTHER_FIELDS, ({ tag, bytes }) => {
    if (tag === DATA_TAG) data ??= bytes;
  });
  const links = data === undefined ? fields : fields - 1;
  if (links > LIMIT_LINKS) throw tooMany(cid, `${LIMIT_LINKS} links`);
  const limitSizes = LIMIT_SIZES + OTHER_FIELDS;
  if (data !== undefined && scanFields(data, limitSizes, () => undefined) > limitSizes) {
    throw tooMany(cid, `${LIMIT_SIZES} sizes of parts`);
  }
  return links;
}

/**
 * Splits a block into parts of at most 4096 links, in order. Each part is decoded as a block, so 200 000 links need not
 * block the thread. The parts are views of the block; a block with no more links than one part is returned itself.
 *
 * @throws {Exception} as `countLinks` does.
 */
export function splitLinks(cid: CID, block: Uint8Array): readonly Uint8Array[] {
  if (countLinks(cid, block) <= PART_LINKS) return [block];
  const parts: Uint8Array[] = [];
  let start = 0;
  let fields = 0;
  scanFields(block, Infinity, ({ end }) => {
    if (++fields % PART_LINKS !== 0) return;
    parts.push(block.subarray(start, end));
    start = end;
  });
  parts.push(block.subarray(start));
  return parts;
}

/**
 * The CIDs that a part of a block links to, in their order: views of the part, neither decoded nor checked to be CIDs. At most
 * one for each link, and none for a link that names several, which no decoder accepts: a link of 4 MiB could name 2 million.
 */
export function readLinkedCids(part: Uint8Array): readonly Uint8Array[] {
  const cids: Uint8Array[] = [];
  scanFields(part, Infinity, ({ tag, bytes: link }) => {
    if (tag !== LINK_TAG) return;
    const hashes: Uint8Array[] = [];
    scanFields(link, LINK_FIELDS, ({ tag: inner, bytes }) => {
      if (inner === HASH_TAG) hashes.push(bytes);
    });
    const [cid] = hashes;
    if (cid !== undefined && hashes.length === 1) cids.push(cid);
  });
  return cids;
}

interface Field {
  readonly tag: number;
  /** Empty if the field is a number. */
  readonly bytes: Uint8Array;
  /** Where it ends in the message. */
  readonly end: number;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Counts the fields that a decoder would find at the top of a Protocol Buffers message; never fewer, even if the message is
 * malformed. Stops soon after the limit.
 */
function scanFields(message: Uint8Array, limit: number, onField: (field: Field) => void): number {
  let at = 0;
  /** Keeps 32 bits of a length, as some decoders do: they go on where others fail. */
  const readVarint = (): number => {
    let value = 0;
    for (let shift = 0; at < message.length && shift < 70; shift += 7) {
      const byte = message[at++] ?? 0;
      if (shift < 32) value = (value | ((byte & 0x7f) << shift)) >>> 0;
      if (byte < 0x80) break;
    }
    return value;
  };
  let fields = 0;
  while (at < message.length && fields <= limit) {
    fields++;
    const tag = readVarint();
    let bytes: Uint8Array = NO_BYTES;
    const wireType = tag & 7;
    if (wireType === 0) readVarint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = readVarint();
      bytes = message.subarray(at, at + length);
      at += length;
    }
    onField({ tag, bytes, end: at });
  }
  return fields;
}

function tooMany(cid: CID, limit: string): Exception {
  return new Exception(
    "failed",
    `Cannot read block "${cid.toString()}": it has more than ${limit}`,
  );
}

/** How much there is to decode in a block, found out before that is done: a scan costs a hundredth of it. */
import type { CID } from "multiformats/cid";
import { Exception } from "./exception.ts";

/**
 * As many as an image has names. Honest blocks have 174 or 1024, or as many names as a folder that is not sharded has: 4 MiB
 * are some 80 000.
 */
const LIMIT_LINKS = 200_000;
/** Of a file; they are decoded in one turn, some 10 ms. */
const LIMIT_SIZES = 16_384;
/** Beside its links a block has data, and beside the sizes of parts these have eight fields. */
const OTHER_FIELDS = 8;
/** So many take some 6 ms to decode. */
const PART_LINKS = 4096;

const DAG_PB = 0x70;
const DATA_TAG = 0x0a;
const LINK_TAG = 0x12;
/** Of a link. */
const HASH_TAG = 0x0a;

/**
 * At least how many links a block of dag-pb has; 0 for other blocks.
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
 * A block in parts of at most 4096 links, in their order; each is decoded as a block, so that one of 200 000 links need not
 * hold up the thread. Views of the block; the block itself when it has no more links.
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

/** The CIDs that a part of a block links to, in their order: views of it, not decoded, and not checked to be CIDs. */
export function readLinkedCids(part: Uint8Array): readonly Uint8Array[] {
  const cids: Uint8Array[] = [];
  scanFields(part, Infinity, ({ tag, bytes: link }) => {
    if (tag !== LINK_TAG) return;
    scanFields(link, Infinity, ({ tag: inner, bytes: hash }) => {
      if (inner === HASH_TAG) cids.push(hash);
    });
  });
  return cids;
}

interface Field {
  readonly tag: number;
  /** Empty where the field is a number. */
  readonly bytes: Uint8Array;
  /** Where it ends in the message. */
  readonly end: number;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Counts what a decoder would meet at the top of a message of Protocol Buffers, and no less where the message is none.
 *
 * Stops soon after the limit.
 */
function scanFields(message: Uint8Array, limit: number, onField: (field: Field) => void): number {
  let at = 0;
  /** Decoders that take 32 bits of a length would go on where another has failed. */
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

function tooMany(cid: CID, what: string): Exception {
  return new Exception("failed", `Cannot read block "${cid.toString()}": it has more than ${what}`);
}

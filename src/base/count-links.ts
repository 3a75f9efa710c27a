/** How much there is to decode in a block, found out before that is done: a scan costs a hundredth of it. */
import type { CID } from "multiformats/cid";
import { Exception } from "./exception.ts";

/** Honest blocks have 174 or 1024, or some 10 000 names in a folder that is not sharded; so many take some 25 ms. */
const LIMIT_LINKS = 16_384;
/** Beside its links a block has data, and beside the sizes of parts these have eight fields. */
const LIMIT_FIELDS = LIMIT_LINKS + 8;

const DAG_PB = 0x70;
const DATA_TAG = 0x0a;

/**
 * At least how many links a block of dag-pb has; 0 for other blocks.
 *
 * @throws {Exception} `failed` when these, or the sizes of parts that its data tells, are more than anyone should decode.
 */
export function countLinks(cid: CID, block: Uint8Array): number {
  if (cid.code !== DAG_PB) return 0;
  let data: Uint8Array | undefined;
  const fields = countFields(block, (tag, bytes) => {
    if (tag === DATA_TAG) data ??= bytes;
  });
  const links = data === undefined ? fields : fields - 1;
  if (links > LIMIT_LINKS) throw tooMany(cid, `${LIMIT_LINKS} links`);
  if (data !== undefined && countFields(data) > LIMIT_FIELDS) {
    throw tooMany(cid, `${LIMIT_LINKS} sizes of parts`);
  }
  return links;
}

/**
 * Counts what a decoder would meet at the top of a message of Protocol Buffers, and no less where the message is none.
 *
 * Stops soon after the limit.
 */
function countFields(
  message: Uint8Array,
  onBytes: (tag: number, bytes: Uint8Array) => void = () => undefined,
): number {
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
  while (at < message.length && fields <= LIMIT_FIELDS) {
    fields++;
    const tag = readVarint();
    const wireType = tag & 7;
    if (wireType === 0) readVarint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = readVarint();
      onBytes(tag, message.subarray(at, at + length));
      at += length;
    }
  }
  return fields;
}

function tooMany(cid: CID, what: string): Exception {
  return new Exception("failed", `Cannot read block "${cid.toString()}": it has more than ${what}`);
}

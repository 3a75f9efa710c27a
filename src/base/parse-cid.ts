/** Parses CIDs from untrusted text. */
import { CID } from "multiformats/cid";
import type { MultibaseDecoder } from "multiformats";

/** Twice what the longest hashes need; decoding some bases takes quadratic time: seconds for 40 KB. */
const LIMIT_LENGTH = 256;

/** @throws {Error} when the text is not a CID, or is longer than any CID that could be verified. */
export function parseCid(text: string, base?: MultibaseDecoder<string>): CID {
  if (text.length > LIMIT_LENGTH)
    throw new SyntaxError(`a CID has at most ${LIMIT_LENGTH} characters`);
  return CID.parse(text, base);
}

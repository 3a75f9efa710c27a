/** CIDs from texts that others have written. */
import { CID } from "multiformats/cid";
import type { MultibaseDecoder } from "multiformats";

/** The longest hashes take half of that; decoding some bases takes the square of the length: seconds for 40 KB. */
const LIMIT_LENGTH = 256;

/** @throws {Error} when the text is no CID, or one that is longer than any that could be checked. */
export function parseCid(text: string, base?: MultibaseDecoder<string>): CID {
  if (text.length > LIMIT_LENGTH) throw new SyntaxError("a CID is no longer than that of a hash");
  return CID.parse(text, base);
}

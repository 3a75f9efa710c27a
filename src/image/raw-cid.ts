import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";

/** Codes of multiformats. */
const RAW = 0x55;
const SHA2_256 = 0x12;

/** The CID of bytes that are one block, as `ipfs add --cid-version=1 --raw-leaves` gives it to a short file. */
export function toRawCid(sha256: Uint8Array): CID {
  return CID.createV1(RAW, create(SHA2_256, sha256));
}
